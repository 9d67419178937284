// BoardProtocol: see Docs/Architecture.md
