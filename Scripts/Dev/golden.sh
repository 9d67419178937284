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
# Files named board-… run on the emulated board, tick by tick; the one named board-wire with all bytes
# of its wire. Whoever renews says in the commit why.
prepared
release
exec .venv/bin/python -B Scripts/Dev/golden.py "$@"
