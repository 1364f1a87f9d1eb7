"""The program as its users call it: a scenario file in, text and files out."""

import json
import os
import pathlib
import subprocess
import tempfile
import unittest

HOME = pathlib.Path.cwd()
PROGRAM = HOME / "sim/cli/orrery"

# A queue of its own making: four GPUs, and more work than they can do.
SMALL = """
name: small
seed: 3
horizon: 2d
fleet: {name: lab, gpu: a100-80, gpus_per_node: 4, count: 1, cpu: 64, memory: 512GiB}
workload:
  name: jobs
  generator:
    arrivals: {rate: 8/h}
    populations:
      - name: training
        class: batch_training
        reference_gpu: a100-80
        sizes: [{gpus: 1, weight: 3}, {gpus: 2, weight: 1}]
        duration: {law: lognormal, median: 20min, sigma: 1, max: 12h}
"""


class ProgramTest(unittest.TestCase):
    """Every test has a folder of its own, in which the program runs."""

    def setUp(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def environment(self):
        return {**os.environ, "ORRERY_HOME": str(HOME)}

    def start(self, *words, **more):
        return subprocess.Popen([PROGRAM, *map(str, words)], cwd=self.folder, text=True,
                                env=self.environment(), stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, **more)

    def call(self, *words, status=0, **more):
        """What the program printed on stdout and stderr; checks its exit status."""
        done = subprocess.run([PROGRAM, *map(str, words)], cwd=self.folder, text=True, check=False,
                              env=self.environment(), stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more)
        self.assertEqual(done.returncode, status,
                         f"{' '.join(map(str, words))}\n{done.stdout}{done.stderr}")
        return done.stdout, done.stderr

    def mistake(self, *words, **more):
        """The message of a call that must fail as a mistake of the user's."""
        out, err = self.call(*words, status=2, **more)
        self.assertEqual(out, "")
        return err

    def read_json(self, name):
        return json.loads((self.folder / name).read_text())


def without_machine(summary):
    """A summary less the figures that depend on the machine."""
    return {key: value for key, value in summary.items()
            if key not in ("policy_seconds", "wall_seconds")}


def traces_folder(test):
    """Where the real traces are; skips the test where nobody said."""
    if not os.environ.get("ORRERY_TRACES"):
        test.skipTest("ORRERY_TRACES is not set: no real traces here")
    return pathlib.Path(os.environ["ORRERY_TRACES"])
