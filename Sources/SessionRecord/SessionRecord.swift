// SessionRecord: see Docs/Architecture.md
