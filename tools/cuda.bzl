"""orrery_cuda_library: `.cu` files compiled by nvcc, linked like any C++ library.

Where the machine has no CUDA toolkit the target is left out, and so is what depends on it.
"""

load("@cuda//:defs.bzl", "CUDA_HOME", "CUDA_ONLY", "CUDA_VERSION")
load("@rules_cc//cc:defs.bzl", "cc_library")

# Machine code for the data-centre generations, and the oldest one's PTX for every other device.
_ARCHITECTURES = [
    "arch=compute_75,code=[compute_75,sm_75]",
    "arch=compute_80,code=sm_80",
    "arch=compute_90,code=sm_90",
]

# As for host code: no fused multiply-add behind our back, warnings are errors.
_FLAGS = [
    "-std=c++20",
    "-O2",
    "-fmad=false",
    "-Werror=all-warnings",
    "-Xcompiler=-Wall,-Wextra,-Werror,-ffp-contract=off",
]

def _cuda_objects_impl(ctx):
    headers = depset(
        ctx.files.hdrs,
        transitive = [dep[CcInfo].compilation_context.headers for dep in ctx.attr.deps],
    )
    objects = []
    for source in ctx.files.srcs:
        output = ctx.actions.declare_file("_cuda/%s/%s.o" % (ctx.label.name, source.basename))
        arguments = ctx.actions.args()
        arguments.add_all(_FLAGS)
        arguments.add_all(_ARCHITECTURES, before_each = "-gencode")
        arguments.add_all(["-I.", "-c", source, "-o", output])
        ctx.actions.run(
            executable = CUDA_HOME + "/bin/nvcc",
            arguments = [arguments],
            # The version is there so that a new toolkit compiles everything anew.
            env = {"NVCC_VERSION": CUDA_VERSION, "PATH": "/usr/bin:/bin"},
            inputs = depset([source], transitive = [headers]),
            outputs = [output],
            mnemonic = "CudaCompile",
            progress_message = "Compiling %s" % source.short_path,
        )
        objects.append(output)
    return [DefaultInfo(files = depset(objects))]

_cuda_objects = rule(
    implementation = _cuda_objects_impl,
    attrs = {
        "srcs": attr.label_list(allow_files = [".cu"], mandatory = True),
        "hdrs": attr.label_list(allow_files = [".h", ".cuh"]),
        "deps": attr.label_list(providers = [CcInfo]),
    },
)

def orrery_cuda_library(name, srcs, hdrs = [], deps = [], **kwargs):
    """A library of `.cu` files with the CUDA runtime linked in.

    Args:
      name: the library's name.
      srcs: `.cu` files.
      hdrs: headers without CUDA in them, so that host code can include them.
      deps: libraries whose headers the `.cu` files include.
      **kwargs: what cc_library takes: visibility, testonly, tags.
    """
    _cuda_objects(
        name = name + "_objects",
        srcs = srcs,
        hdrs = hdrs,
        testonly = kwargs.get("testonly", False),
        visibility = ["//visibility:private"],
        target_compatible_with = CUDA_ONLY,
        deps = deps,
    )
    cc_library(
        name = name,
        srcs = [name + "_objects"],
        hdrs = hdrs,
        linkstatic = True,
        target_compatible_with = CUDA_ONLY,
        deps = deps + ["@cuda//:cudart_static"],
        **kwargs
    )
