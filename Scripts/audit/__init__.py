"""The auditor's second opinion on session records, written from Docs/SessionRecord.md alone.

container.py  walks the file and checks what MCAP asks of it, on the official `mcap` package
seals.py      the hash chain, verifying keys and checkpoints
manifest.py   what belongs to the record
content.py    reads the messages and says complete, truncated or altered
verdict.py    puts the answers together
"""
