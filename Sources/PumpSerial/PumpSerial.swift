// PumpSerial: see Docs/Architecture.md
