// PumpMonitor: see Docs/Architecture.md
