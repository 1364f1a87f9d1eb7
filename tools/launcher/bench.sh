# shellcheck shell=bash
# `./orrery bench`: sourced by the launcher, whose functions and variables it uses.

bench_usage() {
  cat <<'USAGE'
./orrery bench [NAME...] [--benchmark_...]   run the benchmarks whose program's name contains a NAME
./orrery bench peers [ARGUMENT...]           the same work on other simulators, side by side
Each program's figures also go to .build/bench/PROGRAM.json.
USAGE
}

# Labels of the benchmark programs, one a line.
list_benchmarks() {
  (cd "$root" && "$bazel" query --noshow_progress --color=no \
    'attr(tags, "[\[ ]bench[,\]]", kind(cc_binary, //tests/bench/...))' 2>/dev/null)
}

bench_command() {
  local names=() flags=() argument
  if [[ ${1-} == peers ]]; then
    shift
    exec "$root/tests/bench/peers/run" "$@"
  fi
  for argument in "$@"; do
    case $argument in
      --help) bench_usage && exit 0 ;;
      --benchmark_*) flags+=("$argument") ;;
      -*) die "bench: $argument: expected a name or an option of Google Benchmark (--benchmark_...)" ;;
      *) names+=("$argument") ;;
    esac
  done
  local all chosen=() label name
  mapfile -t all < <(list_benchmarks)
  for label in "${all[@]}"; do
    if ((${#names[@]} == 0)); then chosen+=("$label"); fi
    for name in "${names[@]}"; do
      if [[ ${label##*:} == *"$name"* ]]; then chosen+=("$label") && break; fi
    done
  done
  if ((${#chosen[@]} == 0)); then
    say "bench: no benchmark's name contains ${names[*]:-anything}; there are"
    printf '  %s\n' "${all[@]##*:}" >&2
    exit 2
  fi
  run_bazel build "${chosen[@]}" || die "the build failed" 1
  local bin status=0
  bin=$(cd "$root" && "$bazel" info --color=no bazel-bin 2>/dev/null)
  mkdir -p "$state/bench"
  for label in "${chosen[@]}"; do
    name=${label##*:}
    echo "== $name"
    label=${label#//}
    (cd "$root" && "$bin/${label/://}" --benchmark_out="$state/bench/$name.json" \
      --benchmark_out_format=json "${flags[@]}") || status=1
  done
  if ((status != 0)); then die "a benchmark failed" 1; fi
}
