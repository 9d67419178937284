"""Changes to session records, and whether verifiers find them.

parts.py      takes a record apart and puts it together again, as its writer would
raw.py        changes to bytes and to whole records, container left as it falls
forged.py     changes by somebody who knows the format and mends the container
campaign.py   makes a change, asks both verifiers and compares
"""
