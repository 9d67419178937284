// Catalogue: see Docs/Architecture.md
