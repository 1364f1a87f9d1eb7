"""Runs the unittest cases of one file and reports each to Bazel.

    python3 tools/py_test.py tests/tools/dependencies_test.py
"""

import importlib.util
import os
import sys
import unittest

sys.path.insert(0, os.getcwd())

from tools.checks import junit  # pylint: disable=wrong-import-position


class _Recorder(unittest.TextTestResult):
    """Keeps one outcome a test case; a case with a failed subtest has failed."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.outcomes = {}

    def _record(self, test, outcome, message=""):
        if self.outcomes.get(test.id(), ("", ""))[0] != "failed":
            self.outcomes[test.id()] = (outcome, message)

    def _describe(self, err, test):
        """What failed first, how one came there after: a summary shows the first line."""
        return f"{err[1]}\n{self._exc_info_to_string(err, test)}"

    def addSuccess(self, test):
        super().addSuccess(test)
        self._record(test, "passed")

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self._record(test, "failed", self._describe(err, test))

    def addError(self, test, err):
        super().addError(test, err)
        self._record(test, "failed", self._describe(err, test))

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self._record(test, "skipped", reason)

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self._record(test, "failed", self._describe(err, subtest))


def main():
    path = sys.argv[1]
    name = os.path.splitext(os.path.basename(path))[0]
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    suite = unittest.defaultTestLoader.loadTestsFromModule(module)
    result = unittest.TextTestRunner(resultclass=_Recorder).run(suite)
    if not result.outcomes:
        sys.exit(f"{path}: no test in it ran")
    if "XML_OUTPUT_FILE" in os.environ:
        prefix = name + "."
        junit.write(os.environ["XML_OUTPUT_FILE"], name, [
            (test[len(prefix):] if test.startswith(prefix) else test, outcome, message)
            for test, (outcome, message) in result.outcomes.items()])
    sys.exit(0 if result.wasSuccessful() else 1)


if __name__ == "__main__":
    main()
