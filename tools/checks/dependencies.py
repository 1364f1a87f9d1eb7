"""Holds the build to the table of folders: dependencies and visibility, read off `bazel query`.

    bazel query --output=xml --xml:default_values --noimplicit_deps --nohost_deps //... >query.xml
    python3 tools/checks/dependencies.py --query query.xml --xml results.xml
"""

import argparse
import pathlib
import re
import sys
import xml.etree.ElementTree as ElementTree

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))

from tools.checks import folders  # pylint: disable=wrong-import-position
from tools.checks import junit  # pylint: disable=wrong-import-position


def _package(label):
    """The package of a label of ours: //sim/base:time.h gives sim/base; None for others."""
    match = re.match(r"//([^:]*)", label)
    return match.group(1) if match else None


def read_rules(text):
    """The (label, inputs, visibility) of each rule in the XML that `bazel query` prints."""
    # Bazel declares XML 1.1, which Python's parser does not take; the output uses none of it.
    body = re.sub(r"^<\?xml[^>]*\?>", "", text.lstrip())
    for rule in ElementTree.fromstring(body).iter("rule"):
        visibility = [label.get("value") for names in rule.findall("list")
                      if names.get("name") == "visibility" for label in names.findall("label")]
        inputs = [element.get("name") for element in rule.findall("rule-input")]
        yield rule.get("name"), inputs, visibility


def dependency_faults(label, inputs):
    """What rule `label` depends on against the table."""
    user = folders.folder_of(_package(label))
    if user is None:
        return [f"{label}: the table of folders has no such folder"]
    faults = []
    for used_label in inputs:
        package = _package(used_label)
        used = None if package is None else folders.folder_of(package)
        if used is not None and not folders.may_depend(user, used):
            faults.append(f"{label} depends on {used_label}: {user or 'the root'} may not use {used}")
    return faults


def visibility_faults(label, visibility):
    """Where rule `label` shows itself to folders that may not use it."""
    used = folders.folder_of(_package(label))
    if used is None or used in ("", "tests", "tools", "third_party", "scenarios", "docs"):
        return []
    faults = []
    for grant in visibility:
        if grant == "//visibility:public":
            faults.append(f"{label} is public: name the folders that may use it")
            continue
        match = re.match(r"//([^:]*):__(pkg|subpackages)__$", grant)
        if not match:
            continue
        root, reach = match.groups()
        reached = [folder for folder in folders.FOLDERS
                   if folder == root or folder.startswith(root + "/")]
        users = reached if reach == "subpackages" and reached else [folders.folder_of(root)]
        for user in users:
            if user is None or not folders.may_depend(user, used):
                faults.append(f"{label} is visible to {grant}: {user or root} may not use {used}")
    return faults


def check(text):
    """The test cases: for each folder that has rules, its dependencies and its visibility."""
    faults = {}
    for label, inputs, visibility in read_rules(text):
        folder = folders.folder_of(_package(label))
        if folder is None:
            folder = _package(label)
        kinds = faults.setdefault(folder or "root", {"dependencies": [], "visibility": []})
        kinds["dependencies"] += dependency_faults(label, inputs)
        kinds["visibility"] += visibility_faults(label, visibility)
    return [(f"{folder}: {kind}", "failed" if messages else "passed", "\n".join(messages))
            for folder, kinds in sorted(faults.items()) for kind, messages in kinds.items()]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--query", required=True, help="what bazel query printed")
    parser.add_argument("--xml", required=True, help="where the test results go")
    arguments = parser.parse_args()
    text = pathlib.Path(arguments.query).read_text(encoding="utf-8")
    try:
        cases = check(text)
    except ElementTree.ParseError as error:
        cases = [("bazel query", "failed", f"its output is no XML: {error}")]
    if not cases:
        cases = [("bazel query", "failed", "it listed no rule")]
    junit.write(arguments.xml, "Dependencies", cases)
    for name, outcome, message in cases:
        if outcome == "failed":
            print(f"FAILED {name}\n  " + message.replace("\n", "\n  "))
    return 1 if any(outcome == "failed" for _, outcome, _ in cases) else 0


if __name__ == "__main__":
    sys.exit(main())
