"""Adds up what the steps of `./orrery test` did, test case by test case.

    python3 tools/launcher/test_summary.py FOLDER

FOLDER holds, for each step, NAME.json (Bazel's build events) and NAME.status (Bazel's exit status),
and results of checks outside Bazel as *.xml. Prints each failure and, last, one line
`N passed, N failed, N skipped`. Ends with 1 where anything failed or did not build.

A test that did not build counts as one failed case, and so does any other target that did not.
With ORRERY_TRACES set a skipped case counts as failed: the data it asks for is there.
"""

import json
import os
import pathlib
import sys
import urllib.parse
import xml.etree.ElementTree as ElementTree

# Bazel's exit statuses: something did not build (it wins over a test that failed); no test chosen.
_NOT_BUILT = 1
_NO_TESTS = 4


class Summary:
    """Counts of test cases, with what there is to say about those that did not pass."""

    def __init__(self):
        self.passed = 0
        self.failed = []
        self.skipped = []

    def add(self, name, outcome, message):
        if outcome == "passed":
            self.passed += 1
        else:
            first = message.strip().splitlines()[0] if message.strip() else ""
            text = f"{name}: {first}" if first else name
            (self.failed if outcome == "failed" else self.skipped).append(text)


def read_cases(text):
    """The (name, outcome, message) of each case in a test.xml that ran."""
    # GoogleTest passes on control characters, which XML does not allow.
    clean = "".join(c if c in "\t\n\r" or ord(c) >= 32 else "?" for c in text)
    for case in ElementTree.fromstring(clean).iter("testcase"):
        if case.get("status") == "notrun":
            continue
        name = ".".join(part for part in (case.get("classname"), case.get("name")) if part)
        problem = case.find("failure")
        if problem is None:
            problem = case.find("error")
        skip = case.find("skipped")
        if problem is not None:
            yield name, "failed", problem.get("message") or problem.text or ""
        elif skip is not None or case.get("result") == "skipped":
            yield name, "skipped", "" if skip is None else skip.get("message") or skip.text or ""
        else:
            yield name, "passed", ""


def _file_of(uri):
    return pathlib.Path(urllib.parse.unquote(urllib.parse.urlparse(uri).path))


def _add_test_run(summary, where, result):
    """One run of one test target, from its testResult event."""
    cases = []
    for output in result.get("testActionOutput", []):
        if output.get("name") == "test.xml":
            try:
                cases = list(read_cases(_file_of(output["uri"]).read_text("utf-8", "replace")))
            except (OSError, ElementTree.ParseError) as error:
                cases = [("test.xml", "failed", f"cannot be read: {error}")]
    status = result.get("status", "NO_STATUS")
    for name, outcome, message in cases:
        summary.add(f"{where} {name}", outcome, message)
    if status != "PASSED" and not any(outcome == "failed" for _, outcome, _ in cases):
        summary.add(where, "failed", status)
    elif status == "PASSED" and not cases:
        summary.add(where, "passed", "")


def add_step(summary, step, events, status):
    """One call of `bazel test`: its build events and its exit status."""
    before = len(summary.failed)
    unbuilt = 0
    results = {}
    for event in events:
        identity = event.get("id", {})
        if "testResult" in identity:
            key = identity["testResult"]
            # A flaky test's later attempts replace the earlier ones.
            results[key["label"], key.get("run"), key.get("shard")] = event.get("testResult", {})
        elif "targetCompleted" in identity:
            reason = event.get("aborted", {}).get("reason", "")
            if not event.get("completed", {}).get("success") and reason != "SKIPPED":
                label = identity["targetCompleted"]["label"]
                summary.add(f"[{step}] {label}", "failed", "did not build")
                unbuilt += 1
    for (label, _, _), result in sorted(results.items(), key=lambda item: str(item[0])):
        _add_test_run(summary, f"[{step}] {label}", result)
    if status == _NOT_BUILT and unbuilt == 0:
        summary.add(f"[{step}]", "failed", "the build failed before it came to any target")
    elif status == _NO_TESTS:
        summary.add(f"[{step}]", "failed", "there is no such test")
    elif status != 0 and len(summary.failed) == before:
        summary.add(f"[{step}]", "failed", f"bazel ended with status {status}")
    elif status == 0 and not results:
        summary.add(f"[{step}]", "failed", "no test ran")


def read_folder(folder):
    """The summary of all steps whose files are in `folder`."""
    summary = Summary()
    for path in sorted(folder.glob("*.xml")):
        if path.name != "query.xml":
            for name, outcome, message in read_cases(path.read_text(encoding="utf-8")):
                summary.add(f"[{path.stem}] {name}", outcome, message)
    for path in sorted(folder.glob("*.status")):
        events = path.with_suffix(".json")
        lines = events.read_text(encoding="utf-8").splitlines() if events.exists() else []
        add_step(summary, path.stem, map(json.loads, lines), int(path.read_text()))
    return summary


def main():
    summary = read_folder(pathlib.Path(sys.argv[1]))
    if os.environ.get("ORRERY_TRACES"):
        summary.failed += [f"{text} (skipped, though ORRERY_TRACES is set)"
                           for text in summary.skipped]
        summary.skipped = []
    for text in summary.skipped:
        print(f"skipped {text}")
    for text in summary.failed:
        print(f"FAILED {text}")
    print(f"{summary.passed} passed, {len(summary.failed)} failed, {len(summary.skipped)} skipped")
    sys.exit(1 if summary.failed or not summary.passed else 0)


if __name__ == "__main__":
    main()
