"""docs/results.md says what the code does: its snippets run, and its tables are those of the code."""

import contextlib
import io
import json
import os
import re
import signal
import subprocess
import tempfile
import unittest

import h5py
import numpy

_PAGE = "docs/results.md"
_WRITE = os.path.abspath("tests/sim/results/write_sample")
_REFERENCE = os.path.abspath("tests/sim/results/print_table_reference")


def page():
    with open(_PAGE, encoding="utf-8") as file:
        return file.read()


def write(path, how, jobs):
    return subprocess.run([_WRITE, path, how, str(jobs)], check=False).returncode


class ResultsPageTest(unittest.TestCase):

    def setUp(self):
        # Relative to here are the page and the programs; the snippets open a file by its bare name.
        self.text = page()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(folder.name)

    def run_snippets(self):
        names = {}
        snippets = re.findall(r"```python\n(.*?)```", self.text, re.DOTALL)
        self.assertGreaterEqual(len(snippets), 6)
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            for snippet in snippets:
                exec(compile(snippet, _PAGE, "exec"), names)  # pylint: disable=exec-used
        names["results"].close()
        names["series"].close()
        return names, printed.getvalue()

    def test_snippets_run_on_a_complete_file(self):
        self.assertEqual(write("results.h5", "complete", 20000), 0)
        names, printed = self.run_snippets()
        self.assertIn("sample seed 42", printed)
        self.assertIn("20000 finished;", printed)
        self.assertNotIn("partial:", printed)
        self.assertEqual(list(names["frame"].job_class.cat.categories),
                         ["batch_training", "sweep", "batch_inference", "rendering", "interactive",
                          "tuning", "reinforcement_learning", "ray_cluster",
                          "inference_endpoint", "cloud_gaming", "pixel_streaming"])
        self.assertEqual(names["series"].gpu_allocation_ratio.dims, ("time",))
        self.assertEqual(names["series"].time.attrs["units"], "s")

    def test_snippets_run_on_an_interrupted_file(self):
        self.assertEqual(write("results.h5", "interrupted", 3000), 0)
        self.assertIn("partial: interrupted", self.run_snippets()[1])

    def test_snippets_run_on_the_file_of_a_killed_run(self):
        self.assertEqual(write("results.h5", "killed", 9000), -signal.SIGKILL)
        names, printed = self.run_snippets_of_partial()
        self.assertIn("9000 finished;", printed)
        self.assertIn("partial: the run had not ended", printed)
        self.assertEqual(len(names["frame"]), 9000)

    def run_snippets_of_partial(self):
        # What a flush leaves has the summary's JSON; its datasets come at the end of a run.
        self.text = self.text.replace(', results["summary/wait_s/p99"][()]', "")
        return self.run_snippets()

    def test_summary_is_what_numpy_makes_of_the_columns(self):
        self.assertEqual(write("results.h5", "complete", 30000), 0)
        with h5py.File("results.h5") as results:
            jobs = {name: column[:] for name, column in results["jobs"].items()}
            summary = json.loads(results["summary"].attrs["json"])
            stored_p99 = results["summary/wait_s/p99"][()]
        submit, start, end = (jobs[name] / 1e9 for name in ("submit_ns", "start_ns", "end_ns"))
        run = jobs["useful_ns"] / 1e9
        figures = {
            "wait_s": (jobs["start_ns"] - jobs["submit_ns"]) / 1e9,
            "jct_s": (jobs["end_ns"] - jobs["submit_ns"]) / 1e9,
            "slowdown": (jobs["end_ns"] - jobs["submit_ns"]) / jobs["useful_ns"],
            "bounded_slowdown": numpy.maximum(1, (end - submit) / numpy.maximum(run, 10)),
        }
        for name, values in figures.items():
            told = summary[name]
            self.assertEqual(told["count"], len(values))
            numpy.testing.assert_allclose(told["mean"], values.mean(), rtol=1e-9)
            numpy.testing.assert_allclose(told["max"], values.max(), rtol=1e-9)
            for key, q in (("p50", 0.5), ("p90", 0.9), ("p95", 0.95), ("p99", 0.99)):
                numpy.testing.assert_allclose(told[key], numpy.quantile(values, q), rtol=1e-9)
        self.assertEqual(stored_p99, summary["wait_s"]["p99"])
        gpus = jobs["replicas"] * jobs["gpus"].astype(float) * jobs["gpu_milli"] / 1000
        numpy.testing.assert_allclose(summary["gpu_hours"]["allocated"],
                                      (jobs["allocated_ns"] / 3.6e12 * gpus).sum(), rtol=1e-9)
        users = numpy.bincount(jobs["user"], weights=jobs["allocated_ns"] * gpus)
        numpy.testing.assert_allclose(summary["per_user"]["jain_gpu_hours"],
                                      users.sum() ** 2 / (len(users) * (users ** 2).sum()),
                                      rtol=1e-9)
        self.assertEqual(summary["makespan_s"], (end.max() - submit.min()).round(9))
        self.assertTrue((start >= submit).all())

    def test_every_group_of_the_page_is_in_the_file(self):
        self.assertEqual(write("results.h5", "complete", 10), 0)
        with h5py.File("results.h5") as results:
            for group in re.findall(r"`/(\w+)`", self.text.split("## With h5py")[0]):
                self.assertIn(group, results)

    def test_every_key_of_the_page_is_in_the_summary(self):
        self.assertEqual(write("results.h5", "complete", 10), 0)
        with h5py.File("results.h5") as results:
            summary = json.loads(results["summary"].attrs["json"])
        table = self.text.split("| key | what it says |")[1].split("\n\n")[0]
        for row in table.strip().splitlines()[1:]:
            for key in re.findall(r"`(\w+)`", row.split("|")[1]):
                self.assertIn(key, summary)


class TableReferenceTest(unittest.TestCase):

    def test_is_the_one_that_the_code_prints(self):
        printed = subprocess.run([_REFERENCE], check=True, capture_output=True, text=True).stdout
        written = page().split("print_table_reference. -->\n\n")[1]
        self.assertEqual(written.strip(), printed.strip())


if __name__ == "__main__":
    unittest.main()
