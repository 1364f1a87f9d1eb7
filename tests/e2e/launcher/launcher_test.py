"""The launcher in a project of its own, with stand-ins for dpkg, apt, sudo and Bazel.

Each stand-in writes its call to a log; what it answers is steered by files beside it.
"""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time
import unittest

STAND_INS = {
    # Knows the packages named in `installed`.
    "dpkg-query": """
        for name in "$@"; do
          case $name in -*) ;; *) grep -qx -- "$name" "$box/installed" && echo "$name installed" ;; esac
        done
        exit 0""",
    # Installs what it is asked for, once the lists are there and unless there is no network.
    "apt-get": """
        if [[ -e $box/offline ]]; then echo "E: Failed to fetch: no route to host"; exit 100; fi
        if [[ " $* " == *" update "* ]]; then touch "$box/lists"; exit 0; fi
        if [[ ! -e $box/lists ]]; then echo "E: Unable to locate package"; exit 100; fi
        for name in "$@"; do echo "$name" >>"$box/installed"; done""",
    "id": 'cat "$box/uid"',
    # Builds a program that prints its arguments.
    "bazel": """
        case $1 in
          build)
            if [[ -e $box/broken ]]; then echo "a.cc:1: error: expected ;"; exit 1; fi
            mkdir -p "$box/out/sim/cli"
            printf '#!/bin/bash\\necho "program in $PWD: $*"\\nexit 7\\n' >"$box/out/sim/cli/orrery"
            chmod +x "$box/out/sim/cli/orrery" ;;
          info) echo "$box/out" ;;
          test)
            for argument in "$@"; do
              case $argument in --build_event_json_file=*) cp "$box/events" "${argument#*=}" ;; esac
            done
            exit "$(cat "$box/test_status")" ;;
          query)
            if [[ "$*" == *--output=xml* ]]; then
              echo '<query><rule class="cc_library" name="//sim/base:base"/></query>'
            elif [[ "$*" == *bench* ]]; then
              printf '//tests/bench/%s\\n' engine:engine_bench placement:placement_bench
            else
              printf '%s\\n' //sim/cli:main.cc //sim/cli:BUILD //:BUILD @system//:BUILD
            fi ;;
        esac""",
}


class LauncherTest(unittest.TestCase):

    def setUp(self):
        self.box = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.root = self.box / "project"
        (self.root / "sim/cli").mkdir(parents=True)
        (self.root / "third_party").mkdir()
        for name in ("WORKSPACE", "BUILD", ".bazelrc", "third_party/system.BUILD",
                     "sim/cli/main.cc", "sim/cli/BUILD"):
            (self.root / name).write_text("")
        shutil.copy("orrery", self.root / "orrery")
        for folder in ("tools/launcher", "tools/checks"):
            shutil.copytree(folder, self.root / folder)
        (self.root / "packages.txt").write_text(
            "# Packages\n\ng++  # the compiler\nlibfmt-dev  # formatting\n")
        (self.box / "bin").mkdir()
        for name, body in STAND_INS.items():
            self.stand_in(name, body)
        self.write("uid", "0\n")
        self.write("installed", "g++\nlibfmt-dev\n")
        self.environment = dict(os.environ, PATH=f"{self.box}/bin:/usr/bin:/bin",
                                ORRERY_BAZEL=str(self.box / "bin/bazel"))

    def stand_in(self, name, body):
        path = self.box / "bin" / name
        path.write_text(f'#!/bin/bash\nbox={self.box}\necho "{name} $*" >>"$box/calls"\n{body}\n')
        path.chmod(0o755)

    def write(self, name, text=""):
        (self.box / name).write_text(text)

    def calls(self):
        """What was called since the last time one asked, by name."""
        log = self.box / "calls"
        lines = log.read_text().splitlines() if log.exists() else []
        log.write_text("")
        return lines

    def launch(self, *arguments, folder=None):
        return subprocess.run([str(self.root / "orrery"), *arguments], cwd=folder or self.root,
                              env=self.environment, stdin=subprocess.DEVNULL, text=True,
                              capture_output=True, check=False)

    # Packages

    def test_lists_what_is_missing_and_the_command_without_a_network(self):
        self.write("installed", "g++\n")
        self.write("offline")
        done = self.launch("run", "a.yaml")
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("missing Debian packages", done.stderr)
        self.assertIn("\n  libfmt-dev\n", done.stderr)
        self.assertNotIn("\n  g++\n", done.stderr)
        self.assertIn("E: Failed to fetch: no route to host", done.stderr)
        self.assertIn("sudo apt-get update && sudo apt-get install --no-install-recommends "
                      "libfmt-dev\n", done.stderr)
        self.assertEqual(done.stdout, "")
        self.assertFalse([call for call in self.calls() if call.startswith("bazel")])

    def test_lists_what_is_missing_without_root_and_sudo(self):
        self.write("installed", "g++\n")
        self.write("uid", "1000\n")
        for tool in ("bash", "cat", "comm", "dirname", "find", "grep", "mkdir", "sed", "sort"):
            (self.box / "bin" / tool).symlink_to(shutil.which(tool, path="/usr/bin:/bin"))
        self.environment["PATH"] = str(self.box / "bin")
        done = self.launch("run", "a.yaml")
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("not root, and there is no sudo here", done.stderr)
        self.assertIn("\n  libfmt-dev\n", done.stderr)
        self.assertFalse([call for call in self.calls() if call.startswith("apt-get")])

    def test_installs_what_is_missing_fetching_the_lists_where_there_are_none(self):
        self.write("installed", "g++\n")
        done = self.launch("run", "a.yaml")
        self.assertEqual(done.returncode, 7, done.stderr)
        apt = [call for call in self.calls() if call.startswith("apt-get")]
        self.assertEqual(len(apt), 3, apt)
        self.assertIn(" install ", apt[0])
        self.assertIn(" update", apt[1])
        self.assertTrue(apt[2].endswith("install --no-install-recommends libfmt-dev"), apt)

    def test_uses_sudo_where_it_is_not_root(self):
        self.write("installed", "g++\n")
        self.write("lists")
        self.write("uid", "1000\n")
        self.stand_in("sudo", 'if [[ $1 == -n ]]; then shift; fi\nexec "$@"')
        done = self.launch("run", "a.yaml")
        self.assertEqual(done.returncode, 7, done.stderr)
        self.assertTrue([call for call in self.calls() if call.startswith("sudo -n env")])

    def test_looks_again_when_the_list_of_packages_changes(self):
        self.launch("run")
        self.calls()
        with open(self.root / "packages.txt", "a", encoding="utf-8") as packages:
            packages.write("libyaml-cpp-dev  # scenarios\n")
        self.write("offline")
        done = self.launch("run")
        self.assertEqual(done.returncode, 2)
        self.assertIn("\n  libyaml-cpp-dev\n", done.stderr)

    # Build and run

    def test_runs_the_program_where_it_was_called_with_its_arguments_and_status(self):
        done = self.launch("run", "my file.yaml", "--set", "a.b=c", folder=self.box)
        self.assertEqual(done.returncode, 7, done.stderr)
        self.assertEqual(done.stdout, f"program in {self.box}: run my file.yaml --set a.b=c\n")

    def test_starts_nothing_on_the_second_call(self):
        self.launch("run")
        self.assertTrue([call for call in self.calls() if call.startswith("bazel build")])
        done = self.launch("run")
        self.assertEqual(done.returncode, 7)
        self.assertEqual(self.calls(), [])
        self.assertEqual(done.stderr, "")

    def test_builds_again_after_a_change(self):
        changes = {
            "a source": lambda: (self.root / "sim/cli/main.cc").write_text("int x;"),
            "a new file": lambda: (self.root / "sim/cli/new.cc").write_text(""),
            "a removed file": lambda: (self.root / "sim/cli/new.cc").unlink(),
            "the workspace": lambda: (self.root / "WORKSPACE").write_text("#"),
            "a change that keeps the file's date": self.write_with_old_date,
            "no program": lambda: (self.box / "out/sim/cli/orrery").unlink(),
        }
        self.launch("run")
        for what, change in changes.items():
            with self.subTest(what):
                self.calls()
                change()
                self.launch("run")
                self.assertTrue([call for call in self.calls() if call.startswith("bazel build")])
                self.launch("run")
                self.assertEqual(self.calls(), [])

    def write_with_old_date(self):
        path = self.root / "sim/cli/main.cc"
        path.write_text("int y;")
        os.utime(path, (1e9, 1e9))

    def test_a_test_or_a_document_that_changes_builds_nothing(self):
        self.launch("run")
        self.calls()
        (self.root / "tests").mkdir()
        (self.root / "tests/a_test.cc").write_text("")
        (self.root / "sim/README.md").write_text("")
        self.launch("run")
        self.assertEqual(self.calls(), [])

    def test_adds_less_than_50_ms_from_the_second_call_on(self):
        self.launch("run")
        times = []
        for _ in range(10):
            start = time.monotonic()
            self.launch("run")
            times.append(time.monotonic() - start)
        # The shortest: other work on the machine can only lengthen it.
        self.assertLess(min(times), 0.050)

    def test_a_build_that_fails_ends_with_1_and_runs_nothing(self):
        self.write("broken")
        done = self.launch("run")
        self.assertEqual(done.returncode, 1)
        self.assertIn("a.cc:1: error: expected ;", done.stderr)
        self.assertEqual(done.stdout, "")
        (self.box / "broken").unlink()
        self.assertEqual(self.launch("run").returncode, 7)

    def test_runs_through_a_link(self):
        link = self.box / "bin/my-orrery"
        link.symlink_to(self.root / "orrery")
        done = subprocess.run([str(link), "list"], cwd=self.box, env=self.environment, text=True,
                              capture_output=True, check=False)
        self.assertEqual(done.stdout, f"program in {self.box}: list\n")

    # Commands of the launcher itself

    def test_build_passes_on_the_mode_and_prints_where_the_program_is(self):
        done = self.launch("build", "--config=asan")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout, f"{self.box}/out/sim/cli/orrery\n")
        build = [call for call in self.calls() if call.startswith("bazel build")]
        self.assertIn("--config=asan", build[0])

    def test_build_refuses_a_mode_it_does_not_have(self):
        done = self.launch("build", "--config=fast")
        self.assertEqual(done.returncode, 2)
        self.assertIn("--config=fast: expected --config=debug|asan|ubsan|tsan|san", done.stderr)

    def test_test_refuses_what_it_does_not_know(self):
        done = self.launch("test", "--quick")
        self.assertEqual(done.returncode, 2)
        self.assertIn("test: --quick: expected --full or nothing", done.stderr)

    def run_tests(self, *arguments, status=0):
        """`test` with a Bazel in which each step passes one case; the tag filters it was given."""
        (self.box / "test.xml").write_text('<testsuites><testcase name="A" classname="T"/></testsuites>')
        self.write("events", json.dumps({
            "id": {"testResult": {"label": "//a:t", "run": 1, "shard": 1, "attempt": 1}},
            "testResult": {"status": "PASSED", "testActionOutput": [
                {"name": "test.xml", "uri": (self.box / "test.xml").as_uri()}]}}))
        self.write("test_status", f"{status}\n")
        done = self.launch("test", *arguments)
        steps = [call for call in self.calls() if call.startswith("bazel test")]
        return done, steps

    def test_test_runs_everything_digests_in_debug_and_a_part_under_sanitizers(self):
        done, steps = self.run_tests()
        self.assertEqual(done.returncode, 0, done.stderr + done.stdout)
        self.assertEqual(len(steps), 3, steps)
        self.assertNotIn("--config", steps[0])
        self.assertRegex(steps[1], "--config=debug .*--test_tag_filters=digest")
        self.assertRegex(steps[2], "--config=san .*--test_tag_filters=san")
        # One case a step, and two that hold the one rule to the table of folders.
        self.assertEqual(done.stdout.splitlines()[-1], "5 passed, 0 failed, 0 skipped")

    def test_full_runs_everything_in_every_mode(self):
        done, steps = self.run_tests("--full")
        self.assertEqual(done.returncode, 0, done.stderr + done.stdout)
        self.assertEqual(len(steps), 4, steps)
        for step, mode in zip(steps[1:], ("debug", "san", "tsan")):
            self.assertIn(f"--config={mode} ", step)
            self.assertNotIn("=digest", step)
            self.assertNotIn("=san,", step)

    def test_test_ends_with_1_where_something_does_not_build(self):
        done, steps = self.run_tests(status=1)
        self.assertEqual(len(steps), 3, steps)
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stdout.splitlines()[-1], "5 passed, 3 failed, 0 skipped")

    def test_bench_names_the_benchmarks_where_none_fits(self):
        done = self.launch("bench", "nonsense")
        self.assertEqual(done.returncode, 2)
        self.assertIn("no benchmark's name contains nonsense", done.stderr)
        self.assertIn("\n  engine_bench\n", done.stderr)

    def test_bench_builds_and_runs_those_whose_name_fits(self):
        program = self.box / "out/tests/bench/engine/engine_bench"
        program.parent.mkdir(parents=True)
        program.write_text('#!/bin/bash\necho "ran $*"\n')
        program.chmod(0o755)
        done = self.launch("bench", "engine", "--benchmark_filter=Hold")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(
            done.stdout,
            f"== engine_bench\nran --benchmark_out={self.root}/.build/bench/engine_bench.json "
            "--benchmark_out_format=json --benchmark_filter=Hold\n")
        self.assertFalse([call for call in self.calls() if "placement_bench" in call])
