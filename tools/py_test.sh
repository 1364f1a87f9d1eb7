#!/bin/bash
# Runs one Python test file under Bazel with the system's Python, which Debian's packages belong to.
exec /usr/bin/python3 -B tools/py_test.py "$@"
