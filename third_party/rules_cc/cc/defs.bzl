"""Bazel's built-in C++ rules under the names that rules_cc gives them.

Debian's own rules_cc does not load in Debian's Bazel 4.2.3; its built-in rules do all that is needed.
"""

cc_binary = native.cc_binary
cc_import = native.cc_import
cc_library = native.cc_library
cc_proto_library = native.cc_proto_library
cc_test = native.cc_test
cc_toolchain = native.cc_toolchain
cc_toolchain_suite = native.cc_toolchain_suite
objc_library = native.objc_library
