"""Rules that hold for source files: format, includes by the table of folders, forbidden words."""

import concurrent.futures
import os
import pathlib
import re
import subprocess

from tools.checks import folders

_BATCH = 40
_CODE = (".cc", ".h", ".cu")
_SKIPPED = {".git", ".build", "__pycache__", "node_modules"}
_INCLUDE = re.compile(r'^[ \t]*#[ \t]*include\s+"([^"]+)"', re.MULTILINE)
# Words of an identifier or of a text: kSimulateOnly gives k, Simulate, Only.
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_BACKEND_WORDS = {"simulate", "simulates", "simulated", "simulating", "live"}


def code_files(root):
    """Every C++ and CUDA file below `root`, as paths from it, sorted."""
    found = []
    for folder, names, files in os.walk(root):
        names[:] = [name for name in names if name not in _SKIPPED and not name.startswith("bazel-")]
        found += [pathlib.Path(folder, name).relative_to(root) for name in files
                  if name.endswith(_CODE)]
    return sorted(found)


def _run_clang_format(root, names):
    """The messages of one call of clang-format; raises where it says no more than that it failed."""
    done = subprocess.run(["clang-format", "--dry-run", "-Werror", *names], cwd=root, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode != 0 and ": error: " not in done.stdout:
        raise RuntimeError(f"clang-format ended with status {done.returncode}: {done.stdout}")
    return done.stdout


def format_faults(root, files):
    """Files that clang-format would change, each with the first line and the number of places."""
    names = list(map(str, files))
    batches = [names[start:start + _BATCH] for start in range(0, len(names), _BATCH)]
    with concurrent.futures.ThreadPoolExecutor() as pool:
        outputs = list(pool.map(lambda batch: _run_clang_format(root, batch), batches))
    lines = {}
    for match in re.finditer(r"^([^:\n]+):(\d+):\d+: error: ", "\n".join(outputs), re.MULTILINE):
        lines.setdefault(match.group(1), []).append(match.group(2))
    return [f"{path}:{places[0]}: {len(places)} places differ: clang-format -i {path}"
            for path, places in sorted(lines.items())]


def include_faults(path, text):
    """Includes of file `path` that the table of folders does not allow, or not from the root."""
    user = folders.folder_of(str(path.parent))
    if user is None:
        return [f"{path}: the table of folders has no {path.parent}"]
    faults = []
    for match in _INCLUDE.finditer(text):
        included = match.group(1)
        line = text.count("\n", 0, match.start()) + 1
        used = folders.folder_of(os.path.dirname(included)) if "/" in included else None
        if used is None or used == "":
            faults.append(f'{path}:{line}: "{included}": expected a path from the root, '
                          'or <...> for a library')
        elif not folders.may_depend(user, used):
            faults.append(f'{path}:{line}: "{included}": {user} may not use {used}')
    return faults


def is_backend_blind(path):
    """Whether a file must not know which back end it runs under."""
    return path.parts[0] == "policies" or (
        path.parts[:2] == ("sim", "cluster") and path.name.startswith("decision_loop"))


def word_faults(path, text):
    """Where a policy or the decision loop names a back end."""
    faults = []
    for number, line in enumerate(text.splitlines(), start=1):
        for match in _WORD.finditer(line):
            if match.group(0).lower() in _BACKEND_WORDS:
                faults.append(f"{path}:{number}: the word '{match.group(0)}': policies and the "
                              "decision loop do not know which back end they run under")
    return faults


def package_faults(text):
    """Lines of packages.txt that are not `name  # why`, and names listed twice."""
    faults = []
    seen = set()
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        match = re.match(r"^([a-z0-9][a-z0-9+.-]+)\s+# (\S.*)$", line)
        if not match:
            faults.append(f"packages.txt:{number}: '{line}': expected `package  # why it is here`")
        elif match.group(1) in seen:
            faults.append(f"packages.txt:{number}: {match.group(1)} is listed twice")
        else:
            seen.add(match.group(1))
    return faults


def unbuilt_tests(root):
    """Files of tests that the BUILD file of their folder neither names nor takes in by a pattern."""
    faults = []
    for build in sorted(root.glob("tests/**/BUILD")):
        text = build.read_text(encoding="utf-8")
        if "glob(" in text or "policy_tests(" in text:
            continue
        for path in sorted(build.parent.glob("*_test.*")):
            if f'"{path.name}"' not in text and f'"{path.stem}"' not in text:
                faults.append(f"{path.relative_to(root)}: not in {build.relative_to(root)}")
    return faults
