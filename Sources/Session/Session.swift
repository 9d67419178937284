// Session: see Docs/Architecture.md
