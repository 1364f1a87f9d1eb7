"""The summary of `./orrery test` counts test cases, and counts what did not build."""

import json
import os
import pathlib
import subprocess
import tempfile
import unittest

PASSING = ('<testsuites><testsuite name="FifoTest">'
           '<testcase name="KeepsOrder" status="run" result="completed" classname="FifoTest"/>'
           '<testcase name="Sorts" status="run" result="completed" classname="FifoTest"/>'
           '<testcase name="DISABLED_X" status="notrun" result="suppressed" classname="FifoTest"/>'
           "</testsuite></testsuites>")
FAILING = ('<testsuites><testsuite name="LasTest">'
           '<testcase name="Ages" status="run" result="completed" classname="LasTest">'
           '<failure message="las_test.cc:7&#x0A;Expected equality" type=""/></testcase>'
           '<testcase name="Stops" status="run" result="completed" classname="LasTest"/>'
           "</testsuite></testsuites>")
SKIPPING = ('<testsuites><testsuite name="OpenbTest">'
            '<testcase name="Reads" status="run" result="skipped" classname="OpenbTest">'
            '<skipped message="ORRERY_TRACES is not set"/></testcase>'
            "</testsuite></testsuites>")


class SummaryTest(unittest.TestCase):

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def ran(self, label, xml, status="PASSED", attempt=1):
        """The build event of one test run that left `xml`."""
        output = self.folder / (label.replace("/", "_") + str(attempt) + ".out")
        if xml is not None:
            output.write_text(xml)
        outputs = [] if xml is None else [{"name": "test.xml", "uri": output.as_uri()}]
        return {"id": {"testResult": {"label": label, "run": 1, "shard": 1, "attempt": attempt}},
                "testResult": {"status": status, "testActionOutput": outputs}}

    def built(self, label, success=True, aborted=None):
        event = {"id": {"targetCompleted": {"label": label}}}
        if aborted:
            event["aborted"] = {"reason": aborted}
        else:
            event["completed"] = {"success": True} if success else {}
        return event

    def step(self, name, status, *events):
        (self.folder / f"{name}.json").write_text("\n".join(map(json.dumps, events)))
        (self.folder / f"{name}.status").write_text(f"{status}\n")

    def summarise(self, traces=None):
        environment = {key: value for key, value in os.environ.items() if key != "ORRERY_TRACES"}
        if traces:
            environment["ORRERY_TRACES"] = traces
        done = subprocess.run(["/usr/bin/python3", "-B", "tools/launcher/test_summary.py",
                               str(self.folder)], env=environment, text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return done.returncode, done.stdout.splitlines()

    def test_counts_cases_not_programs(self):
        self.step("opt", 0, self.built("//a:t"), self.ran("//a:t", PASSING))
        self.assertEqual(self.summarise(), (0, ["2 passed, 0 failed, 0 skipped"]))

    def test_adds_up_the_steps(self):
        self.step("opt", 0, self.ran("//a:t", PASSING))
        self.step("debug", 0, self.ran("//a:t", PASSING))
        self.assertEqual(self.summarise(), (0, ["4 passed, 0 failed, 0 skipped"]))

    def test_names_the_case_that_failed(self):
        self.step("opt", 3, self.ran("//a:t", PASSING), self.ran("//b:t", FAILING, "FAILED"))
        status, lines = self.summarise()
        self.assertEqual(status, 1)
        self.assertEqual(lines, ["FAILED [opt] //b:t LasTest.Ages: las_test.cc:7",
                                 "3 passed, 1 failed, 0 skipped"])

    def test_a_skip_is_told_and_passes_without_traces(self):
        self.step("opt", 0, self.ran("//a:t", PASSING), self.ran("//c:t", SKIPPING))
        self.assertEqual(self.summarise(), (0, [
            "skipped [opt] //c:t OpenbTest.Reads: ORRERY_TRACES is not set",
            "2 passed, 0 failed, 1 skipped"]))

    def test_a_skip_fails_where_traces_are_given(self):
        self.step("opt", 0, self.ran("//a:t", PASSING), self.ran("//c:t", SKIPPING))
        status, lines = self.summarise(traces="/data")
        self.assertEqual((status, lines[-1]), (1, "2 passed, 1 failed, 0 skipped"))

    def test_a_crash_fails_though_its_cases_passed(self):
        self.step("opt", 3, self.ran("//a:t", PASSING, "FAILED"))
        status, lines = self.summarise()
        self.assertEqual((status, lines[-1]), (1, "2 passed, 1 failed, 0 skipped"))

    def test_a_time_out_without_results_fails(self):
        self.step("opt", 3, self.ran("//a:t", None, "TIMEOUT"))
        self.assertEqual(self.summarise(), (1, ["FAILED [opt] //a:t: TIMEOUT",
                                                "0 passed, 1 failed, 0 skipped"]))

    def test_what_did_not_build_counts_as_failed(self):
        self.step("opt", 1, self.built("//a:t"), self.ran("//a:t", PASSING),
                  self.built("//b:t", success=False), self.built("//c:cuda", aborted="SKIPPED"))
        self.assertEqual(self.summarise(), (1, ["FAILED [opt] //b:t: did not build",
                                                "2 passed, 1 failed, 0 skipped"]))

    def test_a_build_that_fails_before_any_target_fails(self):
        self.step("opt", 1, self.ran("//b:t", FAILING, "FAILED"))
        self.assertEqual(self.summarise(), (1, [
            "FAILED [opt] //b:t LasTest.Ages: las_test.cc:7",
            "FAILED [opt]: the build failed before it came to any target",
            "1 passed, 2 failed, 0 skipped"]))

    def test_a_step_that_tests_nothing_fails(self):
        self.step("opt", 0, self.ran("//a:t", PASSING))
        self.step("san", 4)
        status, lines = self.summarise()
        self.assertEqual((status, lines[-1]), (1, "2 passed, 1 failed, 0 skipped"))

    def test_counts_checks_outside_bazel(self):
        self.step("opt", 0, self.ran("//a:t", PASSING))
        (self.folder / "dependencies.xml").write_text(FAILING)
        status, lines = self.summarise()
        self.assertEqual((status, lines[-1]), (1, "3 passed, 1 failed, 0 skipped"))

    def test_nothing_at_all_fails(self):
        self.assertEqual(self.summarise(), (1, ["0 passed, 0 failed, 0 skipped"]))
