# What must hold in every therapy, attacked with random sessions.
#
# Sessions of up to 30 min, and the power taken away at every tick of a bolus. The portable core alone is
# built, in release.
#
#   Scripts/properties                            2000 sessions
#   Scripts/properties --sessions 100000          the long form
#   Scripts/properties --jobs N                   so many at a time; 2 unless said
#   Scripts/properties --first 90 --sessions 1 --kind therapy --trace    one of them, told in full
#
# Prints each session in which something did not hold, with its seed, and the shortest form of it found.
jobs=2
arguments=()
while [ "$#" -gt 0 ]; do
  case "$1" in
    --jobs) jobs="${2:?how many}"; shift 2 ;;
    *) arguments+=("$1"); shift ;;
  esac
done
if [[ " ${arguments[*]-} " != *" --sessions "* ]]; then arguments+=(--sessions 2000); fi

attack TherapyAttack
program=.build-attack/release/TherapyAttack

folder="$(mktemp -d)"
trap 'rm -rf "$folder"' EXIT
processes=()
for ((job = 0; job < jobs; job++)); do
  "$program" "${arguments[@]}" --share "$job/$jobs" >"$folder/$job.txt" 2>"$folder/$job.log" &
  processes+=("$!")
done
failed=0
for ((job = 0; job < jobs; job++)); do
  status=0
  wait "${processes[$job]}" || status=$?
  cat "$folder/$job.txt"
  if [ "$status" -gt 1 ]; then
    echo "properties: trapped in the session with seed and kind $(tail -n 1 "$folder/$job.log")" >&2
  fi
  if [ "$status" -ne 0 ]; then failed=1; fi
done
exit "$failed"
