"""The rules for source files, held against this tree, and shown to find what breaks them."""

import os
import pathlib
import tempfile
import unittest

from tools.checks import sources

# Bazel shows a test links to the files themselves: this one leads to the whole tree.
ROOT = pathlib.Path(os.path.realpath("WORKSPACE")).parent

# What the root may hold beside the folders of the table and dot-files.
ROOT_FILES = {"WORKSPACE", "BUILD", "README.md", "LICENSE", "CHANGELOG.md", "orrery", "packages.txt"}
ROOT_FOLDERS = {"sim", "policies", "models", "cuda", "analysis", "scenarios", "tests", "docs",
                "third_party", "tools"}


def read(path):
    return (ROOT / path).read_text(encoding="utf-8")


class TreeTest(unittest.TestCase):

    def assert_none(self, faults):
        if faults:
            self.fail(f"{len(faults)} faults: " + "\n".join(faults))

    def test_all_code_is_formatted(self):
        files = sources.code_files(ROOT)
        self.assertGreater(len(files), 5)
        self.assert_none(sources.format_faults(ROOT, files))

    def test_includes_follow_the_table_of_folders(self):
        self.assert_none([fault for path in sources.code_files(ROOT)
                          for fault in sources.include_faults(path, read(path))])

    def test_policies_and_the_decision_loop_name_no_back_end(self):
        blind = [path for path in sources.code_files(ROOT) if sources.is_backend_blind(path)]
        self.assert_none([fault for path in blind
                          for fault in sources.word_faults(path, read(path))])

    def test_every_package_is_listed_once_with_its_reason(self):
        self.assert_none(sources.package_faults(read("packages.txt")))

    def test_every_test_is_built(self):
        self.assert_none(sources.unbuilt_tests(ROOT))

    def test_the_root_holds_only_what_belongs_there(self):
        names = {path.name for path in ROOT.iterdir() if not path.name.startswith((".", "bazel-"))}
        self.assertEqual(names - ROOT_FILES - ROOT_FOLDERS, set())


class FormatTest(unittest.TestCase):

    def test_reports_code_that_clang_format_would_change(self):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / ".clang-format").write_text(read(".clang-format"))
            (root / "good.cc").write_text("int Twice(int x) { return 2 * x; }\n")
            (root / "bad.cc").write_text("int  Twice( int x ){return 2*x;}\n")
            files = sources.code_files(root)
            self.assertEqual([path.name for path in files], ["bad.cc", "good.cc"])
            faults = sources.format_faults(root, files)
            self.assertEqual(len(faults), 1, faults)
            self.assertTrue(faults[0].startswith("bad.cc:1:"), faults)


class WordTest(unittest.TestCase):

    def faults(self, text):
        return sources.word_faults(pathlib.PurePath("policies/ordering/fifo.cc"), text)

    def test_reports_words_parts_of_identifiers_and_comments(self):
        for text in ("if (_simulate) {", "bool is_live_;", "LiveBackend* backend;",
                     "// Only when live.", "kSimulateOnly"):
            self.assertEqual(len(self.faults(text)), 1, text)

    def test_leaves_words_alone_that_only_contain_them(self):
        self.assertEqual(self.faults("int deliver; // alive, liveness, simulation"), [])

    def test_policies_and_the_decision_loop_are_held_to_it(self):
        for path, expected in (("policies/api/view.h", True),
                               ("sim/cluster/decision_loop.cc", True),
                               ("sim/cluster/decision_loop_test_helper.h", True),
                               ("sim/cluster/state.cc", False),
                               ("sim/driver/sim_backend.cc", False)):
            self.assertEqual(sources.is_backend_blind(pathlib.PurePath(path)), expected, path)


class PackageListTest(unittest.TestCase):

    def test_reports_lines_without_a_reason_and_repeated_names(self):
        self.assertEqual(sources.package_faults("# Libraries\n\nlibfmt-dev  # formatting\n"), [])
        for text in ("libfmt-dev\n", "libfmt-dev #\n", "libfmt-dev libyaml-cpp-dev  # two\n",
                     "libfmt-dev  # a\nlibfmt-dev  # b\n"):
            self.assertEqual(len(sources.package_faults(text)), 1, text)
