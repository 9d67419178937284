# Gives every decoder bytes that nobody wrote, and looks for a crash.
#
#   Scripts/fuzz [--runs N] [FUZZER...]
#
#   --runs N    N inputs for each, 20 000 unless told; a million in the long form
#   FUZZER      records, board, new-era, balance; all of them unless named (Tests/Fuzzing/README.md)
#
# A finding is left as crash-*, timeout-* or oom-* in .build-fuzz/findings. What the corpus in
# Tests/Fuzzing/Corpus led to is kept in .build-fuzz/corpus and gone on from the next time.
runs=20000
declare -A product=(
  [records]=RecordFuzzer [board]=BoardFuzzer [new-era]=NewEraFuzzer [balance]=BalanceFuzzer)
# The longest input, and memory: a record may promise 1 GiB in a chunk, and no more than it could keep
# is reserved for it.
declare -A limits=(
  [records]="-max_len=16384 -rss_limit_mb=3000" [board]="-max_len=4096" [new-era]="-max_len=1024"
  [balance]="-max_len=1024")
fuzzers=()
while [ "$#" -gt 0 ]; do
  case "$1" in
    --runs) runs="${2:?--runs needs a number}"; shift 2 ;;
    *)
      if [ -z "${product[$1]+x}" ]; then
        usage
      fi
      fuzzers+=("$1"); shift ;;
  esac
done
if [ "${#fuzzers[@]}" -eq 0 ]; then fuzzers=(records board new-era balance); fi

for fuzzer in "${fuzzers[@]}"; do
  name="${product[$fuzzer]}"
  TRUMPET_FUZZ=1 "$swift" build -c release --product "$name" --scratch-path .build-fuzz
  mkdir -p ".build-fuzz/corpus/$fuzzer" .build-fuzz/findings
  # A reader lives as long as the process, so leaks are looked for at its end only.
  # shellcheck disable=SC2086
  ".build-fuzz/release/$name" -runs="$runs" -seed=1 -timeout=20 ${limits[$fuzzer]} \
    -print_final_stats=1 -artifact_prefix=.build-fuzz/findings/ \
    ".build-fuzz/corpus/$fuzzer" "Tests/Fuzzing/Corpus/$fuzzer"
done
