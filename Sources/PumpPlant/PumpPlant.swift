// PumpPlant: see Docs/Architecture.md
