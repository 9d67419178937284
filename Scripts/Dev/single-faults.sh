# The single-fault table: run, and compared with the one of before; --renew.
#
# Every fault of the catalogue that a session file can bring about, in every state of the pump, by the
# campaign in Docs/SingleFaults/campaign.yaml.
#
#   Scripts/dev single-faults                 runs it and fails where a cell is worse than in table.json
#   Scripts/dev single-faults --renew         runs it, writes table.json and Docs/SingleFaults.md, and prints
#                                         what moved; whoever renews says in the commit why
#   Scripts/dev single-faults --from FILE …   takes the result of `trumpet campaign run … --json` in FILE
#                                         instead of running
#
# Worse is: not found any more; found later, by more than 5 s and a tenth; by an alarm of lower priority;
# more too much in the tissue, by 0.005 mL and a twentieth, or more lacking, by 0.01 mL and a twentieth;
# failed; or gone from the table.
prepared
case " $* " in *" --from "*) ;; *) release ;; esac
exec .venv/bin/python -B Scripts/Dev/single_faults.py "$@"
