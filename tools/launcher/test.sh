# shellcheck shell=bash
# `./orrery test`: sourced by the launcher, whose functions and variables it uses.

test_usage() {
  cat <<'USAGE'
./orrery test           every test in the optimised build, those tagged `digest` in the debug build too,
                        those tagged `san` under the address and undefined-behaviour sanitizers too
./orrery test --full    every test in the optimised build, and in the debug build and under every
                        sanitizer all but those tagged `opt_only`, which take hours there or run no
                        code that another build changes
ORRERY_TRACES=DIR       where the real traces are; tests that need one are skipped without it, and
                        with it a skipped test counts as failed
USAGE
}

has_cuda_device() { compgen -G '/dev/nvidia[0-9]*' >/dev/null || [[ -e /dev/dxg ]]; }

# Runs one step and keeps Bazel's own account of it for the summary.
test_step() {
  local name=$1 title=$2 status=0
  shift 2
  echo "== $title"
  run_bazel test --keep_going --build_event_json_file="$state/test/$name.json" "$@" //... || status=$?
  echo "$status" >"$state/test/$name.status"
}

test_command() {
  local full=0 argument
  for argument in "$@"; do
    case $argument in
      --full) full=1 ;;
      --help) test_usage && exit 0 ;;
      *) die "test: $argument: expected --full or nothing (bazel test TARGET runs single tests)" ;;
    esac
  done
  rm -rf "$state/test"
  mkdir -p "$state/test"
  local gpu=()
  if ! has_cuda_device; then gpu=(-gpu); fi

  echo "== dependencies between folders"
  (cd "$root" && "$bazel" query --noshow_progress --color=no --output=xml --xml:default_values --keep_going \
    --noimplicit_deps --nohost_deps '//...' 2>"$state/test/query.log" >"$state/test/query.xml") || true
  /usr/bin/python3 -B "$root/tools/checks/dependencies.py" --query "$state/test/query.xml" \
    --xml "$state/test/dependencies.xml" || true

  test_step opt "optimised build: every test" --test_tag_filters="$(tags "${gpu[@]}")"
  # Information for debuggers takes a quarter of the time to compile, and no test reads it.
  local debug=(--config=debug --copt=-g0)
  if ((full)); then
    test_step debug "debug build" "${debug[@]}" \
      --build_tests_only --test_tag_filters="$(tags -opt_only "${gpu[@]}")"
    test_step san "address and undefined-behaviour sanitizers" --config=san \
      --build_tests_only --test_tag_filters="$(tags -opt_only "${gpu[@]}")"
    test_step tsan "thread sanitizer" --config=tsan \
      --build_tests_only --test_tag_filters="$(tags -opt_only "${gpu[@]}")"
  else
    test_step debug "debug build: the tests of digests" "${debug[@]}" \
      --build_tests_only --test_tag_filters="$(tags digest "${gpu[@]}")"
    test_step san "address and undefined-behaviour sanitizers: the tests tagged san" --config=san \
      --build_tests_only --test_tag_filters="$(tags san "${gpu[@]}")"
  fi
  if ((${#gpu[@]} > 0)); then echo "no CUDA device here: tests tagged gpu are built, not run"; fi
  exec /usr/bin/python3 -B "$root/tools/launcher/test_summary.py" "$state/test"
}

tags() {
  local IFS=,
  echo "$*"
}
