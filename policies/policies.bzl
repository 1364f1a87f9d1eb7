"""policy_family: a folder of policies, each of them one `.cc` file that registers itself."""

load("//tools:orrery.bzl", "orrery_cc_library")

def policy_family(name, policies, deps = []):
    """One library a policy, and one of the folder's name with all of them.

    Args:
      name: the folder's name.
      policies: names of the `.cc` files, without the ending. A new policy is a new name here.
      deps: what they share beside the role interfaces.
    """
    for policy in policies:
        orrery_cc_library(
            name = policy,
            srcs = [policy + ".cc"],
            # Nothing calls a policy by its symbol: only its registration does.
            alwayslink = True,
            deps = ["//policies/api"] + deps,
        )
    orrery_cc_library(
        name = name,
        visibility = [
            "//policies:__pkg__",
            "//tests:__subpackages__",
        ],
        deps = policies,
    )
