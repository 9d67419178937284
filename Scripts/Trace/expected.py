"""The numbers that have to be there, so that none can be dropped without a word."""

# 80 requirements, by group; gaps between groups are left for later ones.
REQUIREMENTS = [f"R-{n:03d}" for first, last in (
    (1, 11), (20, 33), (40, 49), (60, 67), (70, 79), (80, 86), (90, 93), (100, 107), (110, 117))
    for n in range(first, last + 1)]
FAULTS = [f"F{n:02d}" for n in range(1, 59)]
ALARMS = [f"ALM{n:02d}" for n in range(1, 34)]

assert len(REQUIREMENTS) == 80

# What a status asks for: sources and passing tests; `open` is a finding by itself.
IN_SCOPE = ("implemented", "partly")
WITHOUT_SOURCE = ("not-sensed", "not-simulated", "out-of-scope")
WITH_REASON = ("partly", "open", "not-sensed", "not-simulated", "out-of-scope")
