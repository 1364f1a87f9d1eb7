"""The table of folders finds what breaks it, and lets pass what does not."""

import unittest

from tools.checks import dependencies
from tools.checks import folders
from tools.checks import sources

import pathlib


def query(*rules):
    """What `bazel query --output=xml` prints for rules of (label, inputs, visibility)."""
    text = '<?xml version="1.1" encoding="UTF-8" standalone="no"?>\n<query version="2">'
    for label, inputs, visibility in rules:
        text += f'<rule class="cc_library" name="{label}"><list name="visibility">'
        text += "".join(f'<label value="{value}"/>' for value in visibility) + "</list>"
        text += "".join(f'<rule-input name="{name}"/>' for name in inputs) + "</rule>"
    return text + "</query>"


def failures(text):
    return [message for _, outcome, message in dependencies.check(text) if outcome == "failed"]


class DependencyTest(unittest.TestCase):

    def test_accepts_what_the_table_names_and_what_lies_below_it(self):
        self.assertEqual(failures(query(
            ("//sim/cluster:cluster", ["//policies/api:api", "//sim/base:base", "@system//:fmt"], []),
            ("//policies/ordering:fifo", ["//policies/api:api", "//sim/base:base"], []),
            ("//analysis:gate", ["//sim/engine:engine"], []),
            ("//tests/sim/base:time_test", ["//sim/base:base"], []))), [])

    def test_reports_a_policy_that_uses_the_cluster_state(self):
        self.assertEqual(
            failures(query(("//policies/ordering:fifo", ["//sim/cluster:cluster"], []))),
            ["//policies/ordering:fifo depends on //sim/cluster:cluster: "
             "policies/ordering may not use sim/cluster"])

    def test_reports_a_policy_that_uses_another_role(self):
        self.assertEqual(len(failures(
            query(("//policies/ordering:sjf", ["//policies/placement:best_fit"], [])))), 1)

    def test_reports_the_base_using_what_stands_on_it(self):
        self.assertEqual(len(failures(query(("//sim/base:base", ["//sim/engine:engine"], [])))), 1)

    def test_reports_a_program_that_uses_tests(self):
        self.assertEqual(len(failures(query(("//sim/cli:orrery", ["//tests/bench:hold"], [])))), 1)

    def test_reports_a_folder_that_the_table_does_not_have(self):
        self.assertEqual(failures(query(("//sim/misc:misc", [], []))),
                         ["//sim/misc:misc: the table of folders has no such folder"])


class VisibilityTest(unittest.TestCase):

    def test_accepts_private_rules_and_users_that_the_table_allows(self):
        self.assertEqual(failures(query(
            ("//sim/base:base", [], ["//sim:__subpackages__", "//models:__subpackages__"]),
            ("//policies/ordering:fifo", [], ["//sim/cli:__pkg__", "//tests:__subpackages__"]),
            ("//sim/driver:loop", [], ["//visibility:private"]))), [])

    def test_reports_a_public_rule(self):
        self.assertEqual(failures(query(("//sim/base:base", [], ["//visibility:public"]))),
                         ["//sim/base:base is public: name the folders that may use it"])

    def test_reports_a_rule_visible_to_a_folder_that_may_not_use_it(self):
        found = failures(query(("//sim/cluster:cluster", [], ["//policies:__subpackages__"])))
        self.assertEqual(len(found), 1)
        self.assertIn("policies/ordering may not use sim/cluster", found[0])


class IncludeTest(unittest.TestCase):

    def faults(self, path, text):
        return sources.include_faults(pathlib.PurePath(path), text)

    def test_accepts_allowed_includes_and_libraries(self):
        self.assertEqual(self.faults(
            "policies/ordering/fifo.cc",
            '#include <vector>\n#include "policies/api/order.h"\n#include "sim/base/time.h"\n'), [])

    def test_reports_the_line_of_a_forbidden_include(self):
        self.assertEqual(
            self.faults("policies/ordering/fifo.cc",
                        '#include <vector>\n\n#include "sim/cluster/state.h"\n'),
            ['policies/ordering/fifo.cc:3: "sim/cluster/state.h": '
             "policies/ordering may not use sim/cluster"])

    def test_reports_an_include_that_is_not_from_the_root(self):
        self.assertEqual(len(self.faults("sim/base/time.cc", '#include "time.h"\n')), 1)


class FolderTest(unittest.TestCase):

    def test_files_belong_to_the_folder_of_the_table_that_holds_them(self):
        self.assertEqual(folders.folder_of("models/workload/classes"), "models/workload")
        self.assertEqual(folders.folder_of("tests/policies"), "tests")
        self.assertEqual(folders.folder_of("analysis/web"), "analysis")
        self.assertEqual(folders.folder_of("policies"), "policies")
        self.assertIsNone(folders.folder_of("policies/misc"))
        self.assertIsNone(folders.folder_of("sim/misc"))
        self.assertIsNone(folders.folder_of("sim"))
