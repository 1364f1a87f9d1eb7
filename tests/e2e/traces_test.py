"""The real traces run in the scenarios that come with the project."""

import unittest

import h5py

from tests.e2e import harness

JOBS = {"openb": 8152, "philly": 82247, "swf": 18239}


class TracesTest(harness.ProgramTest):

    def test_real_traces_run_with_their_folder_and_lose_no_job(self):
        traces = harness.traces_folder(self)
        for name, jobs in JOBS.items():
            with self.subTest(name):
                self.call("run", harness.HOME / f"scenarios/traces/{name}.yaml", "-q", "--set",
                          f"workload.trace.dir={traces / name}", "--summary", f"{name}.json")
                counts = self.read_json(f"{name}.json")["jobs"]
                self.assertEqual(counts["submitted"], jobs)
                self.assertEqual(counts["finished"], jobs)

    def test_a_missing_trace_says_where_it_was_looked_for_and_where_to_get_it(self):
        for name in JOBS:
            with self.subTest(name):
                err = self.mistake("run", harness.HOME / f"scenarios/traces/{name}.yaml", "--set",
                                   "workload.trace.dir=/no/such/folder")
                self.assertIn("got '/no/such/folder', expected a folder that exists", err)
                self.assertIn("docs/traces.md", err)

    def test_openb_has_its_own_nodes(self):
        traces = harness.traces_folder(self)
        out, _ = self.call("check", harness.HOME / "scenarios/traces/openb.yaml", "--set",
                           f"workload.trace.dir={traces / 'openb'}")
        self.assertIn("openb_node_list_all_node.csv.gz", out)
        self.call("run", harness.HOME / "scenarios/traces/openb.yaml", "--set",
                  f"workload.trace.dir={traces / 'openb'}", "-o", "openb.h5")
        with h5py.File(self.folder / "openb.h5") as results:
            self.assertEqual(results["nodes/gpus"].shape[0], 1523)
            self.assertEqual(results["nodes/gpus"][:].sum(), 6212)


if __name__ == "__main__":
    unittest.main()
