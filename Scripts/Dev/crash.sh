# What is left of a record when its session, or its disk, comes to a sudden end.
#
#   Scripts/dev crash kill|disk [...]      Scripts/Crash/crash.py says more
exec python3 -B Scripts/Crash/crash.py "$@"
