"""Finds the CUDA toolkit: the folder that CUDA_HOME names, else /usr/local/cuda, else none.
CUDA_HOME=none builds without it on a machine that has one.

The repository it makes holds `defs.bzl` (CUDA_AVAILABLE, CUDA_HOME, CUDA_VERSION, CUDA_ONLY) and the
target `cudart_static`. Without a toolkit everything loads all the same, and a target that says
`target_compatible_with = CUDA_ONLY` is left out, together with whatever depends on it.
"""

_DEFS = """
CUDA_AVAILABLE = {available}
CUDA_HOME = "{home}"
CUDA_VERSION = "{version}"
CUDA_ONLY = {only}
"""

_BUILD = """
package(default_visibility = ["//visibility:public"])

# No platform has this value: a target that asks for it cannot be built.
constraint_setting(name = "toolkit")

constraint_value(
    name = "no_toolkit_found",
    constraint_setting = ":toolkit",
)

cc_library(
    name = "cudart_static",
    srcs = {srcs},
    linkopts = ["-ldl", "-lpthread", "-lrt"],
    target_compatible_with = {only},
)
"""

_ONLY_WITH_TOOLKIT = "[\"@cuda//:no_toolkit_found\"]"

def _find_home(repository_ctx):
    named = repository_ctx.os.environ.get("CUDA_HOME", "")
    if named == "none":
        return None
    for place in [named, "/usr/local/cuda"]:
        if not place:
            continue
        home = repository_ctx.path(place)
        if home.get_child("bin").get_child("nvcc").exists:
            return home
        if place == named and named != "/usr/local/cuda":
            # buildifier: disable=print
            print("CUDA_HOME=%s: there is no bin/nvcc in it; looking in /usr/local/cuda" % named)
    return None

def _find_runtime(home):
    for folder in ["lib64", "lib"]:
        runtime = home.get_child(folder).get_child("libcudart_static.a")
        if runtime.exists:
            return runtime
    fail("%s: nvcc is there, but lib64/libcudart_static.a is not" % home)

def _cuda_configure_impl(repository_ctx):
    home = _find_home(repository_ctx)
    if home == None:
        version = ""
        only = _ONLY_WITH_TOOLKIT
        srcs = "[]"
    else:
        nvcc = repository_ctx.execute([home.get_child("bin").get_child("nvcc"), "--version"])
        if nvcc.return_code != 0:
            fail("%s/bin/nvcc --version failed: %s" % (home, nvcc.stderr))
        version = nvcc.stdout.strip().split("\n")[-1]
        only = "[]"
        srcs = "[\"libcudart_static.a\"]"
        repository_ctx.symlink(_find_runtime(home), "libcudart_static.a")
    repository_ctx.file("BUILD", _BUILD.format(only = only, srcs = srcs))
    repository_ctx.file("defs.bzl", _DEFS.format(
        available = home != None,
        home = home if home else "",
        version = version,
        only = only,
    ))

cuda_configure = repository_rule(
    implementation = _cuda_configure_impl,
    environ = ["CUDA_HOME"],
    local = True,
)
