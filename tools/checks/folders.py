"""Which folder may depend on which: the table of docs/architecture.md, as data.

A folder may include itself, what its entry names, and what those may include in turn. The models
may include each other, and so may the parts of cuda/ that have device code; two policies may not.
"""

_MODELS = tuple("models/" + name for name in
                ("fleet", "workload", "network", "failure", "energy", "economics", "trust"))
_POLICIES = tuple("policies/" + name for name in
                  ("ordering", "placement", "backfill", "preemption", "rebalancing", "allocation",
                   "market", "routing", "autoscaling", "external"))
_DEVICE_CODE = ("cuda/kernels", "cuda/live", "cuda/montecarlo")

# May include everything but each other, and nobody may include them.
_TOP = ("sim/cli", "tests")

_DIRECT = {
    "sim/base": (),
    "sim/engine": ("sim/base",),
    "sim/ledger": ("sim/base",),
    "policies/api": ("sim/base",),
    "sim/cluster": ("sim/base", "sim/ledger", "policies/api"),
    "sim/scenario": ("sim/base", "policies/api") + _MODELS,
    "sim/results": ("sim/base",),
    "sim/driver": ("sim/engine", "sim/cluster", "sim/scenario", "sim/results") + _MODELS,
    "cuda/api": ("sim/base",),
    "analysis": ("sim/driver", "sim/results", "sim/scenario"),
}
_DIRECT.update({folder: ("policies/api", "cuda/api") for folder in _POLICIES})
# Links all of them: for programs that let scenarios name any policy.
_DIRECT["policies"] = _POLICIES
_DIRECT.update({folder: ("sim/base", "sim/ledger") + _MODELS for folder in _MODELS})
_DIRECT["cuda/kernels"] = ("cuda/api",) + _DEVICE_CODE
_DIRECT["cuda/live"] = ("cuda/api", "sim/cluster", "sim/driver") + _DEVICE_CODE
_DIRECT["cuda/montecarlo"] = ("cuda/api",) + _MODELS + _DEVICE_CODE

# Hold no code that the program is made of: anybody may use their files, they use nobody's.
_DATA = ("scenarios", "docs", "tools", "third_party", "")

# Hold nothing but folders of the table, and at most a BUILD file of their own.
_OF_FOLDERS = ("sim", "models", "policies", "cuda")

FOLDERS = tuple(_DIRECT) + _TOP


def _closure(folder):
    reached = {folder}
    waiting = [folder]
    while waiting:
        for below in _DIRECT[waiting.pop()]:
            if below not in reached:
                reached.add(below)
                waiting.append(below)
    return frozenset(reached)


_ALLOWED = {folder: _closure(folder) for folder in _DIRECT}


def folder_of(path):
    """The table's folder that a file or package belongs to; None where the table has none."""
    parts = path.split("/")
    if len(parts) > 1 and "/".join(parts[:2]) in FOLDERS:
        return "/".join(parts[:2])
    if parts[0] in _OF_FOLDERS:
        return path if path in FOLDERS else None
    if parts[0] in FOLDERS or parts[0] in _DATA:
        return parts[0]
    return "" if len(parts) == 1 else None


def may_depend(user, used):
    """Whether files of folder `user` may include or depend on files of folder `used`."""
    if used == user or used in _DATA:
        return True
    if used in _TOP:
        return used == "sim/cli" and user == "tests"
    if user in _TOP:
        return True
    if user in _DATA:
        return False
    return used in _ALLOWED[user]
