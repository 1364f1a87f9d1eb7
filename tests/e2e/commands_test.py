"""Commands that look things up, their help, and what they say of mistakes."""

import json
import pathlib
import re
import subprocess
import unittest

from tests.e2e import harness

ROLES = {"ordering": "order", "placement": "place", "backfill": "backfill",
         "preemption": "preempt", "allocation": "allocate", "market": "market",
         "rebalancing": "rebalance", "routing": "route", "autoscaling": "autoscale"}


def built_policies():
    """(role, name) of every policy that the build has a target for."""
    labels = pathlib.Path("tests/e2e/policy_targets").read_text(encoding="utf-8").split()
    targets = [re.fullmatch(r"//policies/(\w+):(\w+)", label).groups() for label in labels]
    return {(ROLES[folder], name) for folder, name in targets}


class CommandsTest(harness.ProgramTest):

    def test_help_lists_every_command(self):
        out, _ = self.call("--help")
        for command in ("run", "check", "schema", "list", "describe", "show", "version"):
            self.assertRegex(out, rf"(?m)^  {command} +\S")
            page, _ = self.call(command, "--help")
            self.assertTrue(page.startswith(f"usage: orrery {command}"), page)
            self.assertIn("--help", page)
            self.assertEqual(self.call("help", command)[0], page)

    def test_version(self):
        out, _ = self.call("version")
        self.assertRegex(out, r"^orrery \d+\.\d+\.\d+\n$")
        self.assertEqual(self.call("--version")[0], out)

    def test_a_mistyped_command_gets_the_nearest(self):
        self.assertIn("(did you mean 'describe'?)", self.mistake("descibe"))
        self.assertIn("expected a command: ", self.mistake("frobnicate"))

    def test_a_mistyped_option_gets_the_nearest(self):
        self.assertIn("(did you mean '--summary'?)", self.mistake("run", "x.yaml", "--sumary", "y"))
        self.assertEqual(self.mistake("list"), "orrery list: WHAT is missing: one of gpus, regions, "
                         "policies, traces, transforms, models, devices; usage: orrery list WHAT "
                         "[--json]\n")

    def test_the_program_lists_every_policy_that_is_built(self):
        rows = json.loads(self.call("list", "policies", "--json")[0])
        listed = {(row["role"], row["name"]) for row in rows if row["name"] != "none"}
        self.assertEqual(listed, built_policies())
        for row in rows:
            self.assertTrue(row["rule"], row["name"])
            for parameter in row["parameters"]:
                self.assertTrue(parameter["doc"], f"{row['name']}.{parameter['name']}")

    def test_lists_have_a_line_an_entry(self):
        for what in ("gpus", "regions", "policies", "traces", "transforms", "models"):
            with self.subTest(what):
                rows = json.loads(self.call("list", what, "--json")[0])
                table = self.call("list", what)[0].splitlines()
                self.assertEqual(len(table), len(rows) + 1)

    def test_the_catalogue_has_thirty_gpus_with_sources(self):
        rows = json.loads(self.call("list", "gpus", "--json")[0])
        self.assertGreaterEqual(len(rows), 30)
        figures = ("fp32_tflops", "fp16_tflops", "bandwidth_gbs", "tdp_w", "market_usd_h")
        for row in rows:
            if any(row[figure] is not None for figure in figures):
                self.assertTrue(row["sources"], row["id"])

    def test_devices_are_listed_or_their_absence_is_explained(self):
        out, err = self.call("list", "devices", "--json")
        self.assertTrue(json.loads(out) or err.startswith("no devices: "), err)

    def test_a_list_of_nothing_known_names_the_lists(self):
        self.assertEqual(self.mistake("list", "gpu5"), "orrery: got 'gpu5', expected one of: gpus, "
                         "regions, policies, traces, transforms, models, devices (did you mean "
                         "'gpus'?)\n")
        self.assertIn("policies", self.call("list", "help")[0])

    def test_a_policy_is_described_with_its_parameters(self):
        out, _ = self.call("describe", "policy", "las2d")
        self.assertTrue(out.startswith("policy las2d\n"), out)
        for part in ("role", "rule", "source", "parameters", "default"):
            self.assertIn(part, out)

    def test_a_name_of_two_roles_describes_both(self):
        out, _ = self.call("describe", "policy", "priority")
        self.assertRegex(out, r"role +order")
        self.assertRegex(out, r"role +preempt")

    def test_an_unknown_policy_gets_the_nearest(self):
        self.assertIn("(did you mean 'best_fit'?)", self.mistake("describe", "policy", "bestfit"))
        self.assertIn("fifo\n", self.call("describe", "policy", "help")[0])

    def test_traces_transforms_gpus_and_models_are_described(self):
        for kind, name, part in (("trace", "swf", "parameters"),
                                 ("transform", "inflate", "parameters"),
                                 ("gpu", "h100-sxm", "sources"), ("region", "tokyo", "Asia/Tokyo"),
                                 ("model", "sweep", "job class")):
            with self.subTest(kind):
                self.assertIn(part, self.call("describe", kind, name)[0])

    def test_the_round_trip_between_two_regions_is_described(self):
        out, _ = self.call("describe", "rtt", "tokyo", "frankfurt")
        self.assertRegex(out, r"areas +eastern_asia, western_europe\n")
        self.assertRegex(out, r"distance +9\d\d\d km\n")
        entry = json.loads(self.call("describe", "rtt", "london", "washington", "--json")[0])[0]
        self.assertLess(abs(entry["backbone_ms"] - 76), 0.15 * 76)
        self.assertLess(entry["full_ms"], entry["home_to_home_ms"])
        self.assertIn("(did you mean 'tokyo'?)", self.mistake("describe", "rtt", "tokio", "london"))
        self.assertIn("expected two", self.mistake("describe", "rtt", "tokyo"))
        self.assertIn("only rtt takes two", self.mistake("describe", "gpu", "t4", "l4"))

    def test_the_schema_is_a_json_schema(self):
        schema = json.loads(self.call("schema")[0])
        self.assertIn("2020-12", schema["$schema"])
        self.assertIn("fleet", json.dumps(schema))

    def test_check_tells_the_origin_of_every_value(self):
        self.write("small.yaml", harness.SMALL)
        out, _ = self.call("check", "small.yaml", "--set", "scheduler.order=sjf")
        self.assertRegex(out, r"(?m)^seed: 3 +# small.yaml:3$")
        self.assertRegex(out, r"order: sjf +# --set scheduler.order=sjf")
        self.assertRegex(out, r"(?m)# default$")

    def test_check_reports_all_mistakes_of_a_scenario_at_once(self):
        self.write("bad.yaml", harness.SMALL.replace("horizon: 2d", "horizont: 2d\nwarm_up: 6")
                   .replace("gpu: a100-80", "gpu: a100-81"))
        err = self.mistake("check", "bad.yaml")
        self.assertIn("bad.yaml:4:1: horizont: ", err)
        self.assertIn("did you mean 'horizon'?", err)
        self.assertIn("bad.yaml:5:10: warm_up: got '6', expected a duration with its unit", err)
        self.assertIn("a100-81", err)
        self.assertEqual(self.mistake("run", "bad.yaml"), err)

    def test_a_missing_binary_or_empty_scenario_is_a_mistake(self):
        self.assertIn("no.yaml", self.mistake("run", "no.yaml"))
        self.write("empty.yaml", "")
        self.assertIn("empty.yaml", self.mistake("run", "empty.yaml"))
        self.assertIn("sim/cli/orrery", self.mistake("run", harness.PROGRAM))

    def test_show_tells_what_is_no_results_file(self):
        self.write("small.yaml", harness.SMALL)
        self.assertIn("small.yaml", self.mistake("show", "small.yaml"))
        self.assertIn("no.h5", self.mistake("show", "no.h5"))

    def test_a_wrong_home_is_named(self):
        self.write("small.yaml", harness.SMALL)
        self.environment = lambda: {"ORRERY_HOME": "/nowhere"}
        self.assertIn("ORRERY_HOME=/nowhere: there is no scenarios/data/gpus.csv in it",
                      self.mistake("run", "small.yaml"))

    def test_output_that_cannot_be_written_is_no_success(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run([harness.PROGRAM, "list", "gpus"], stdout=full, text=True,
                                  stderr=subprocess.PIPE, env=self.environment(), check=False)
        self.assertEqual(done.returncode, 2)
        self.assertIn("No space left on device", done.stderr)


if __name__ == "__main__":
    unittest.main()
