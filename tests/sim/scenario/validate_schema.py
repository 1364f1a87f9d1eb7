"""Holds every valid-*.json and invalid-*.json of a folder against its schema.json."""

import json
import pathlib
import sys

import jsonschema

folder = pathlib.Path(sys.argv[1])
schema = json.loads((folder / "schema.json").read_text(encoding="utf-8"))
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)


def deepest(error):
    """The innermost reasons of an error: what an editor would underline."""
    if not error.context:
        return [error]
    return [inner for child in error.context for inner in deepest(child)]


for path in sorted(folder.glob("*valid-*.json")):
    document = json.loads(path.read_text(encoding="utf-8"))
    errors = list(validator.iter_errors(document))
    if path.name.startswith("valid") and errors:
        reasons = [reason for error in errors for reason in deepest(error)]
        reasons.sort(key=lambda reason: -len(reason.absolute_path))
        for reason in reasons[:3]:
            print(f"{path.name} {reason.json_path}: {reason.message[:200]}")
    if path.name.startswith("invalid") and not errors:
        print(f"{path.name}: found valid")
