// PumpFirmware: see Docs/Architecture.md
