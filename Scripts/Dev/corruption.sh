# Frames over a line that spoils every one of them.
#
# A million actuator frames, and as many sense frames: none may be taken that was not sent, and two
# frames later at the latest the receiver is back in step.
#
#   Scripts/dev corruption [--sends N] [--seed N]      N of either kind; a million unless told
#
# The portable core alone is built, in release.
sends=1000000
seed=1
while [ "$#" -gt 0 ]; do
  case "$1" in
    --sends) sends="${2:?how many}"; shift 2 ;;
    --seed) seed="${2:?which}"; shift 2 ;;
    *) usage ;;
  esac
done
attack WireAttack
exec .build-attack/release/WireAttack "$sends" "$seed"
