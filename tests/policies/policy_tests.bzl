"""policy_tests: the tests of one folder of policies as one program."""

load("//tools:orrery.bzl", "orrery_cc_test")

def policy_tests(name, deps):
    """Every file of the folder: a new policy's test is a new file, and nothing else.

    Args:
      name: the folder's name, as in policies/.
      deps: the policies under test.
    """
    orrery_cc_test(
        name = name + "_test",
        srcs = native.glob(["*.cc", "*.h"]),
        deps = deps + [
            "//policies/api",
            "//sim/base",
            "//tests/policies/testing",
            "@system//:gtest_main",
        ],
    )
