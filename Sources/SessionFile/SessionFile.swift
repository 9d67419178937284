// SessionFile: see Docs/Architecture.md
