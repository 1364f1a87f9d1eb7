"""`orrery run` as a whole: summaries, results files, replications, interrupts, full disks."""

import json
import os
import pty
import resource
import select
import signal
import subprocess
import time
import unittest

from tests.e2e import harness

# Long enough to be interrupted: a year of a busy market.
LONG = harness.SMALL.replace("horizon: 2d", "horizon: 3650d").replace("rate: 8/h", "rate: 2000/h")
LONG = LONG.replace("count: 1,", "count: 200,")


class RunTest(harness.ProgramTest):

    def setUp(self):
        super().setUp()
        self.write("small.yaml", harness.SMALL)

    def summary(self, *words):
        self.call("run", "small.yaml", "--quiet", "--summary", "summary.json", *words)
        return self.read_json("summary.json")

    def test_the_summary_accounts_for_every_job(self):
        summary = self.summary()
        jobs = summary["jobs"]
        self.assertGreater(jobs["submitted"], 300)
        self.assertEqual(jobs["submitted"], sum(jobs[end] for end in
                         ("finished", "rejected", "unfinished", "killed", "failed")))
        hours = summary["gpu_hours"]
        self.assertAlmostEqual(hours["allocated"], hours["useful"] + hours["lost"] + hours["overhead"])
        for key in ("wait_s", "jct_s", "slowdown", "bounded_slowdown"):
            self.assertEqual(set(summary[key]) & {"mean", "p50", "p90", "p95", "p99", "max"},
                             {"mean", "p50", "p90", "p95", "p99", "max"})
        for key in ("makespan_s", "utilisation", "allocation_ratio", "fragmentation", "per_class",
                    "per_user", "decisions", "policy_seconds", "events", "trace_digest",
                    "outcome_digest"):
            self.assertIn(key, summary)

    def test_the_same_seed_gives_the_same_summary_to_the_byte(self):
        first = json.dumps(harness.without_machine(self.summary()))
        second = json.dumps(harness.without_machine(self.summary()))
        self.assertEqual(first, second)
        other = json.dumps(harness.without_machine(self.summary("--seed", "4")))
        self.assertNotEqual(first, other)

    def test_observing_a_run_does_not_change_it(self):
        plain = self.summary()
        self.call("run", "small.yaml", "-q", "-o", "out.h5", "--summary", "observed.json",
                  "--set", "outputs.timeseries=none")
        observed = self.read_json("observed.json")
        self.assertEqual(plain["outcome_digest"], observed["outcome_digest"])

    def test_show_prints_what_run_printed(self):
        printed, _ = self.call("run", "small.yaml", "-q", "-o", "out.h5", "--summary", "s.json")
        self.assertIn("GPU-hours", printed)
        shown, _ = self.call("show", "out.h5")
        self.assertEqual(shown, printed)
        self.assertEqual(json.loads(self.call("show", "out.h5", "--json")[0]),
                         self.read_json("s.json"))

    def test_a_job_that_never_fits_is_reported_and_rejected(self):
        _, err = self.call("run", "small.yaml", "--summary", "s.json", "--set",
                           "workload.generator.populations[0].sizes=[{gpus: 1, weight: 1}, "
                           "{gpus: 16, weight: 1}]")
        self.assertRegex(err, r"note: \d+ of \d+ jobs can never run: .*2 replicas of 8 GPUs.*rejected on arrival")
        rejected = self.read_json("s.json")["jobs"]["rejected"]
        self.assertIn(f"note: {rejected} of ", err)

    def test_a_job_that_never_fits_stops_the_run_where_the_scenario_says_so(self):
        err = self.mistake("run", "small.yaml", "--set", "unplaceable=error", "--set",
                           "workload.generator.populations[0].sizes=[{gpus: 16, weight: 1}]")
        self.assertIn("can never run", err)

    def test_replications_come_with_confidence_intervals(self):
        out, _ = self.call("run", "small.yaml", "-q", "--replications", "3", "-o", "out.h5",
                           "--summary", "s.json")
        self.assertRegex(out, r"mean wait +[\d.]+ ± [\d.]+ (s|min|h)")
        together = self.read_json("s.json")
        self.assertEqual(together["replications"], 3)
        interval = together["intervals"]["wait_s"]["mean"]
        self.assertEqual(interval["count"], 3)
        self.assertGreater(interval["half_width_95"], 0)
        digests = {run["outcome_digest"] for run in together["runs"]}
        self.assertEqual(len(digests), 3)
        for replicate in range(3):
            shown = json.loads(self.call("show", f"out-{replicate}.h5", "--json")[0])
            self.assertEqual(shown["replicate"], replicate)

    def test_replications_do_not_depend_on_the_number_of_threads(self):
        summaries = []
        for threads in (1, 3):
            self.call("run", "small.yaml", "-q", "--replications", "5", "--threads", threads,
                      "--summary", "s.json")
            summaries.append([harness.without_machine(run) for run in self.read_json("s.json")["runs"]])
        self.assertEqual(*summaries)
        self.assertIn("--threads: got '0'", self.mistake("run", "small.yaml", "--threads", "0"))

    def test_arms_are_the_runs_of_their_own_side_by_side(self):
        out, _ = self.call("run", "small.yaml", "-q", "--replications", "2", "-o", "out.h5", "--summary", "s.json",
                           "--arms", "scheduler.order=fifo,sjf")
        self.assertRegex(out, r"\n +fifo +sjf\n")
        self.assertRegex(out, r"mean wait +[\d.]+ ± [\d.]+ (s|min|h) +[\d.]+ ± [\d.]+ (s|min|h)")
        self.assertRegex(out, r"  less fifo +[+-][\d.]+ ± [\d.]+")
        arms = self.read_json("s.json")["arms"]
        self.assertEqual([arm["value"] for arm in arms], ["fifo", "sjf"])
        for arm in arms:
            self.call("run", "small.yaml", "-q", "--replications", "2", "--summary", "alone.json", "-o", "alone.h5",
                      "--set", "scheduler.order=" + arm["value"])
            alone = self.read_json("alone.json")["runs"]
            self.assertEqual(*[[harness.without_machine(run) for run in runs] for runs in (arm["runs"], alone)])
            shown = json.loads(self.call("show", f"out-{arm['value']}-1.h5", "--json")[0])
            self.assertEqual(shown["outcome_digest"], alone[1]["outcome_digest"])
        self.assertIn("--arms", self.mistake("run", "small.yaml", "--arms", "scheduler.order"))
        self.assertIn("lifo", self.mistake("run", "small.yaml", "--arms", "scheduler.order=fifo,lifo"))
        self.assertIn("--arms horizon=0s", self.mistake("run", "small.yaml", "--arms", "horizon=1h,0s"))
        self.assertIn("results", self.mistake("run", "small.yaml", "--arms", "scale=1,2", "-o", "r.h5", "--summary",
                                              "r-2.h5"))

    def test_progress_is_a_live_line_on_a_terminal_and_silent_when_quiet(self):
        self.write("long.yaml", LONG)
        self.assertEqual(self.call("run", "small.yaml", "--quiet")[1], "")
        ours, theirs = pty.openpty()
        with subprocess.Popen([harness.PROGRAM, "run", "long.yaml"], cwd=self.folder,
                              env=self.environment(), stderr=theirs,
                              stdout=subprocess.DEVNULL) as process:
            os.close(theirs)
            shown = ""
            end = time.monotonic() + 60
            while "ETA" not in shown and "%" not in shown and time.monotonic() < end:
                if select.select([ours], [], [], 1)[0]:
                    shown += os.read(ours, 4096).decode(errors="replace")
            process.send_signal(signal.SIGKILL)
        os.close(ours)
        self.assertRegex(shown, r"\r.*simulated.*%.*events/s")

    def test_an_interrupt_writes_what_is_known_and_marks_it_partial(self):
        self.write("long.yaml", LONG)
        process = self.start("run", "long.yaml", "-o", "out.h5", "--summary", "s.json")
        end = time.monotonic() + 60
        while not (self.folder / "out.h5").exists() and time.monotonic() < end:
            time.sleep(0.05)
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130, err)
        self.assertIn("PARTIAL", out)
        summary = self.read_json("s.json")
        self.assertFalse(summary["complete"])
        self.assertGreater(summary["jobs"]["submitted"], 0)
        shown = json.loads(self.call("show", "out.h5", "--json")[0])
        self.assertEqual(shown["jobs"], summary["jobs"])

    def test_a_full_disk_is_told_and_what_was_written_stays_readable(self):
        self.write("long.yaml", LONG)

        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (4 << 20, 4 << 20))

        done = subprocess.run([harness.PROGRAM, "run", "long.yaml", "-q", "-o", "out.h5"],
                              cwd=self.folder, env=self.environment(), preexec_fn=limit, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("out.h5", done.stderr)
        shown, _ = self.call("show", "out.h5")
        self.assertIn("PARTIAL", shown)

    def test_what_cannot_be_written_is_told_before_the_run(self):
        self.write("long.yaml", LONG)
        self.assertIn("/no/out.h5", self.mistake("run", "long.yaml", "-o", "/no/out.h5"))
        self.assertIn("/no/s.json", self.mistake("run", "long.yaml", "--summary", "/no/s.json"))

    def test_a_results_file_that_cannot_be_written_is_told_before_any_arm(self):
        self.write("p-sjf.h5", "somebody's notes")
        self.assertIn("p-sjf.h5: exists and is not a results file",
                      self.mistake("run", "small.yaml", "-q", "--arms", "scheduler.order=fifo,sjf", "-o", "p.h5"))
        self.assertFalse((self.folder / "p-fifo.h5").exists())
        for option in ("--output", "--summary"):
            self.assertIn(option + ": got ''", self.mistake("run", "small.yaml", option, ""))

    def test_traces_are_not_written_over(self):
        self.write("zone.json", "a trace")
        replay = "churn={level: replay, traces: [{format: spot, file: zone.json}]}"
        self.assertIn("which is the file of a trace of machines",
                      self.mistake("run", "small.yaml", "--set", replay, "--summary", "zone.json"))
        self.assertEqual((self.folder / "zone.json").read_text(), "a trace")

    def test_unplaceable_jobs_of_any_replication_are_refused(self):
        rare = ["--set", "unplaceable=error", "--set",
                "workload.generator.populations.sizes=[{gpus: 1, weight: 500}, {gpus: 1000, weight: 1}]"]
        refused = 0
        for seed in range(1, 7):
            done = self.start("run", "small.yaml", "-q", "--replications", "4", "--seed", str(seed), *rare)
            out, err = done.communicate(timeout=60)
            self.assertIn(done.returncode, (0, 2), err)
            if done.returncode == 0:
                self.assertRegex(out, r"jobs rejected +0 ± 0\n")
            else:
                self.assertIn("can never run", err)
                refused += 1
        self.assertGreater(refused, 0)

    def test_the_look_at_all_jobs_can_be_interrupted(self):
        process = self.start("run", "small.yaml", "--set", "unplaceable=error", "--set", "horizon=100d", "--set",
                             "workload.generator.arrivals.rate=1e7/h")
        time.sleep(2)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130)

    def test_no_file_is_written_over_another_one_of_the_run(self):
        text = (self.folder / "small.yaml").read_text()
        for words, option, use in (
                (("-o", "r.h5", "--summary", "r.h5"), "--summary", "results"),
                (("-o", "r.h5", "--summary", "./r-1.h5", "--replications", "2"), "--summary", "results"),
                (("--summary", "small.yaml"), "--summary", "scenario"),
                (("-o", "small.yaml"), "--output", "scenario"),
                (("--set", "outputs.file=small.yaml"), "outputs.file", "scenario")):
            with self.subTest(words):
                self.assertRegex(self.mistake("run", "small.yaml", "-q", *words),
                                 rf"^{option}: got '.*', which is the file of the {use}, expected another one\n$")
        self.write("more.yaml", "extends: small.yaml\nname: more\n")
        self.assertIn("the file of the scenario",
                      self.mistake("run", "more.yaml", "-q", "--summary", "small.yaml"))
        self.assertEqual((self.folder / "small.yaml").read_text(), text)
        self.assertEqual(list(self.folder.glob("r*.h5")), [])

    def test_settings_are_checked_like_the_file(self):
        self.assertIn("--set scheduler.plaec=random: scheduler.plaec: ",
                      self.mistake("run", "small.yaml", "--set", "scheduler.plaec=random"))
        self.assertIn("fifoo", self.mistake("run", "small.yaml", "--set", "scheduler.order=fifoo"))
        self.assertIn("seed", self.mistake("run", "small.yaml", "--seed", "abc"))


if __name__ == "__main__":
    unittest.main()
