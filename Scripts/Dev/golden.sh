# Golden sessions: replayed, run again and compared; --renew.
#
# In Tests/SessionTests/Golden: small records of every example, every kind of fault and each kind of
# hardware that a computer has, which the firmware has to give again bit for bit.
#
#   Scripts/dev golden                 replays every record; runs every file again and compares the two
#                                  records tick by tick
#   Scripts/dev golden --renew         runs every file, puts its record in the place of one that differs, and
#                                  prints what moved
#   Scripts/dev golden [--renew] NAME… only these
#
# `trumpet golden` says more. Whoever renews says in the commit why.
release
whole=(--whole Docs/Examples)
for argument in "$@"; do
  if [ "$argument" != --renew ]; then whole=(); fi
done
exec .build/release/trumpet golden Tests/SessionTests/Golden ${whole[@]+"${whole[@]}"} "$@"
