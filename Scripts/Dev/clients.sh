# Other people's software, unmodified, drives what Trumpet emulates.
#
#   Scripts/clients [TRUMPET] [NAME …]
#
# TRUMPET is the executable, .build/release/trumpet where it is not given. A client is a script in
# Scripts/Clients whose usage says `NAME.py TRUMPET`; NAME chooses some of them. Each installs what it
# needs from PyPI into .build-clients/, prints a line a scenario and ends by itself; it is given 60 s
# after that. Exit status 1 where anything was not as it has to be.

trumpet=.build/release/trumpet
if [ "$#" -gt 0 ] && [ -x "$1" ] && [ ! -d "$1" ]; then
  trumpet="$1"
  shift
fi
if [ ! -x "$trumpet" ]; then
  echo "Scripts/clients: there is no $trumpet; run swift build -c release --product trumpet" >&2
  exit 1
fi
trumpet="$(realpath "$trumpet")"

clients=()
for file in Scripts/Clients/*.py; do
  name="$(basename "$file" .py)"
  if ! grep -qE "^ +$name\.py TRUMPET" "$file"; then continue; fi
  if [ "$#" -gt 0 ] && ! printf '%s\n' "$@" | grep -qx "$name"; then continue; fi
  clients+=("$name")
done
if [ "${#clients[@]}" -eq 0 ]; then
  echo "Scripts/clients: no such client: $*" >&2
  exit 1
fi

failed=0
for name in "${clients[@]}"; do
  echo "== $name"
  # Time for the first installation; the clients' own limits are much shorter.
  if ! timeout --kill-after=5 360 python3 "Scripts/Clients/$name.py" "$trumpet"; then
    echo "Scripts/clients: $name failed" >&2
    failed=1
  fi
done
exit "$failed"
