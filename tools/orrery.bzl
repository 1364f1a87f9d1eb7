"""The project's C++ rules: Bazel's own, with the warnings that our code is held to."""

load("@rules_cc//cc:defs.bzl", "cc_binary", "cc_library", "cc_test")

# Errors for our code only: headers of libraries come in as system headers, which do not warn.
WARNINGS = [
    "-Wall",
    "-Wextra",
    "-Wshadow",
    "-Wnon-virtual-dtor",
    "-Woverloaded-virtual",
    "-Wcast-qual",
    "-Wfloat-conversion",
    "-Wimplicit-fallthrough",
    "-Werror",
    # GCC 12 reports it for plain concatenations of std::string (GCC bug 105651).
    "-Wno-restrict",
]

def orrery_cc_library(name, copts = [], **kwargs):
    # Static only: .bazelrc compiles no code that a shared library could be linked from.
    cc_library(name = name, copts = WARNINGS + copts, linkstatic = True, **kwargs)

def orrery_cc_binary(name, copts = [], **kwargs):
    cc_binary(name = name, copts = WARNINGS + copts, **kwargs)

def orrery_cc_test(name, copts = [], size = "small", **kwargs):
    cc_test(name = name, copts = WARNINGS + copts, size = size, **kwargs)

def orrery_cc_benchmark(name, copts = [], tags = [], deps = [], **kwargs):
    """A Google Benchmark program: built with the tests, run by `./orrery bench` only."""
    cc_binary(
        name = name,
        testonly = True,
        copts = WARNINGS + copts,
        tags = tags + ["bench"],
        deps = deps + ["@system//:benchmark_main"],
        **kwargs
    )

def orrery_py_test(name, main, srcs = [], data = [], size = "small", **kwargs):
    """A file of unittest cases, run by the system's Python and counted case by case.

    Args:
      name: the test's name.
      main: the file with the cases.
      srcs: modules it imports, by their path from the root.
      data: files it reads.
      size: as Bazel's tests have it.
      **kwargs: what sh_test takes.
    """
    native.sh_test(
        name = name,
        srcs = ["//tools:py_test.sh"],
        args = ["$(location %s)" % main],
        data = data + srcs + [
            main,
            "//tools:py_test_runner",
        ],
        size = size,
        **kwargs
    )
