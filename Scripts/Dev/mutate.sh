# Mutants of firmware and monitor: is every interlock tested?
#
# Wrong tokens are planted, one at a time, and the golden sessions and then the tests of the portable core
# are asked. All mutants are built at once, each behind a switch.
#
#   Scripts/dev mutate                                    150 mutants by seed 1
#   Scripts/dev mutate --mutants 0                        every site there is
#   Scripts/dev mutate --mutants 12 --seed 7 --least 75   the short form
#   Scripts/dev mutate --json FILE                        the whole table
#
# Docs/Mutation.md has the score and what is said of the survivors.
exec python3 Scripts/Mutation/mutate.py "$@"
