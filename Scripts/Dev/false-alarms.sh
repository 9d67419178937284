# False and missed alarms in 300 days on which nothing is wrong; --renew.
#
# Docs/FalseAlarms/campaign.yaml has the days.
#
#   Scripts/dev false-alarms                runs them and fails on more than two false alarms of high priority,
#                                       or on one missed alarm
#   Scripts/dev false-alarms --renew        also writes Docs/FalseAlarms.md
#   Scripts/dev false-alarms --from FILE …  takes the result of `trumpet campaign run … --json` in FILE
#                                       instead of running
prepared
case " $* " in *" --from "*) ;; *) release ;; esac
exec .venv/bin/python -B Scripts/Dev/false_alarms.py "$@"
