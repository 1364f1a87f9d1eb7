"""Test results in the XML that Bazel and the test summary read."""

import xml.etree.ElementTree as ElementTree


def write(path, suite, cases):
    """Writes `cases` to `path`: (name, outcome, message), outcome passed, failed or skipped."""
    counts = {outcome: sum(1 for case in cases if case[1] == outcome)
              for outcome in ("passed", "failed", "skipped")}
    root = ElementTree.Element("testsuites")
    element = ElementTree.SubElement(root, "testsuite", {
        "name": suite, "tests": str(len(cases)), "failures": str(counts["failed"]),
        "skipped": str(counts["skipped"])})
    for name, outcome, message in cases:
        case = ElementTree.SubElement(element, "testcase", {"classname": suite, "name": name})
        if outcome == "failed":
            ElementTree.SubElement(case, "failure", {"message": _printable(message)})
        elif outcome == "skipped":
            ElementTree.SubElement(case, "skipped", {"message": _printable(message)})
    ElementTree.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def _printable(text):
    """XML 1.0 has no control characters but these three."""
    return "".join(c if c in "\t\n\r" or ord(c) >= 32 else "?" for c in text)
