#!/usr/bin/env python3
"""NESP-Lib 2.0.0 and 1.0.3, unmodified, drive the emulated New Era pump.

    nesp-lib.py TRUMPET

TRUMPET is the executable. The packages come from PyPI into .build-clients/. Exit status 0: everything
was as it has to be.
"""

import time

import pumps

# In 2.0.0 names carry their unit.
UNITS = {
    "syringe_diameter": "_mm", "pumping_volume": "_ml", "pumping_rate": "_ml_per_min",
    "volume_infused": "_ml", "volume_withdrawn": "_ml", "safe_mode_timeout": "_s",
}


class Client:
    """A pump of either version under the names without units."""

    def __init__(self, path, timeout=0):
        import nesp_lib

        self.library = nesp_lib
        self.has_units = hasattr(nesp_lib.Pump, "syringe_diameter_mm")
        self.port = nesp_lib.Port(path, 19200)
        name = "safe_mode_timeout_s" if self.has_units else "safe_mode_timeout"
        self.pump = nesp_lib.Pump(self.port, **{name: timeout})

    def _name(self, name):
        return name + UNITS[name] if self.has_units and name in UNITS else name

    def __getitem__(self, name):
        return getattr(self.pump, self._name(name))

    def __setitem__(self, name, value):
        setattr(self.pump, self._name(name), value)

    def alarm(self, what, action):
        """The alarm that an action raises."""
        error = pumps.refused(what, self.library.StatusAlarmException, action)
        return error.alarm_status.name

    def prepare(self, rate, volume):
        self["syringe_diameter"] = 19.05
        self["pumping_direction"] = self.library.PumpingDirection.INFUSE
        self["pumping_volume"] = volume
        self["pumping_rate"] = rate


def basic(path):
    """Settings are read back, a volume is infused and withdrawn, a purge and a pause are done."""
    client = Client(path)
    Status, Direction = client.library.Status, client.library.PumpingDirection
    pumps.equal("model_number", client["model_number"], 1000)
    pumps.equal("firmware_version", client["firmware_version"], (3, 928))
    pumps.equal("firmware_upgrade", client["firmware_upgrade"], 0)
    pumps.equal("status", client["status"], Status.STOPPED)
    client.prepare(rate=12, volume=0.2)
    pumps.equal("syringe_diameter", client["syringe_diameter"], 19.05)
    pumps.equal("pumping_direction", client["pumping_direction"], Direction.INFUSE)
    pumps.near("pumping_volume", client["pumping_volume"], 0.2, 1e-9)
    pumps.near("pumping_rate", client["pumping_rate"], 12, 1e-9)
    client.pump.run()
    pumps.near("volume_infused", client["volume_infused"], 0.2, 1e-9)
    client["pumping_direction"] = Direction.WITHDRAW
    client.pump.run(False)
    pumps.equal("status", client["status"], Status.WITHDRAWING)
    client.pump.wait_while_running()
    pumps.near("volume_withdrawn", client["volume_withdrawn"], 0.2, 1e-9)
    client.pump.volume_infused_clear()
    client.pump.volume_withdrawn_clear()
    pumps.equal("volume_infused", client["volume_infused"], 0)
    client["pumping_direction"] = Direction.INFUSE
    client["pumping_volume"] = 9.9
    client.pump.run(False)
    pumps.equal("status", client["status"], Status.INFUSING)
    client.pump.stop()
    pumps.equal("status", client["status"], Status.PAUSED)
    client.pump.stop()
    pumps.equal("status", client["status"], Status.STOPPED)
    client.pump.run_purge()
    pumps.equal("status", client["status"], Status.PURGING)
    client.pump.stop()


def small_syringe(path):
    """Below 14 mm volumes are in microlitres; what the client sends and reads is the same."""
    client = Client(path)
    client["syringe_diameter"] = 4.7
    client["pumping_volume"] = 0.02
    client["pumping_rate"] = 0.6
    pumps.near("pumping_volume", client["pumping_volume"], 0.02, 1e-9)
    client.pump.run()
    pumps.near("volume_infused", client["volume_infused"], 0.02, 1e-9)


def out_of_range(path):
    """What the syringe forbids is a ValueError; what cannot be now is a StateException."""
    client = Client(path)
    client.prepare(rate=1, volume=9.9)
    pumps.refused("a rate too high", ValueError, lambda: client.__setitem__("pumping_rate", 100))
    pumps.refused("a rate too low", ValueError, lambda: client.__setitem__("pumping_rate", 1e-5))
    pumps.refused(
        "a diameter too large", ValueError, lambda: client.__setitem__("syringe_diameter", 60))
    pumps.near("pumping_rate", client["pumping_rate"], 1, 1e-9)
    client.pump.run(False)
    pumps.refused(
        "a diameter while pumping", client.library.StateException,
        lambda: client.__setitem__("syringe_diameter", 20))
    pumps.refused("RUN while pumping", client.library.StateException, client.pump.run)


def heartbeat_kept(path):
    """In Safe mode the client's heartbeat keeps the pump running past the time-out."""
    client = Client(path, timeout=1)
    pumps.equal("safe_mode_timeout", client["safe_mode_timeout"], 1)
    client.prepare(rate=3, volume=9.9)
    client.pump.run(False)
    time.sleep(3.5)
    pumps.equal("status", client["status"], client.library.Status.INFUSING)
    client.pump.stop()
    client["safe_mode_timeout"] = 0
    pumps.equal("status", client["status"], client.library.Status.PAUSED)


def heartbeat_killed(path):
    """A client that falls silent: the pump stops with A?T within the time-out and a little."""
    client = Client(path, timeout=2)
    client.prepare(rate=6, volume=9.9)
    client.pump.run(False)
    begin = time.monotonic()
    # A client that dies sends nothing any more and says nothing about it.
    client.port.close()
    time.sleep(2.6)
    seconds = time.monotonic() - begin
    # The alarm that came unasked was lost with the port: it is told again, once.
    port = client.library.Port(path, 19200)
    Pump = client.library.Pump
    name = "safe_mode_timeout_s" if client.has_units else "safe_mode_timeout"
    client.pump = Pump(port, **{name: 60})
    pumps.equal("status", client["status"], client.library.Status.STOPPED)
    # At 6 mL/min it pumped for 2 s from its last packet, of which the heartbeat sends one a second: not for
    # as long as the client was away.
    pumps.near("volume_infused", client["volume_infused"], 0.16, 0.06)
    if seconds < 2.5:
        pumps.sys.exit("failed: nothing was waited for")


def timed_out(path):
    """The alarm of a pump that heard nothing is TIMEOUT to whoever asks it next."""
    import serial

    client = Client(path, timeout=1)
    client.port.close()
    time.sleep(1.6)
    with serial.Serial(path, 19200, timeout=2) as port:
        port.write(bytes.fromhex("02 05 30 36 53 03"))
        pumps.equal("alarm", port.read(10), bytes.fromhex("02 09 30 30 41 3F 54 05 40 03"))


def stall(path):
    """A blocked needle stalls the motor: the client that waits is told STALLED."""
    client = Client(path)
    client.prepare(rate=14, volume=9.9)
    client.pump.run(False)
    pumps.equal("alarm", client.alarm("a stall", client.pump.wait_while_running), "STALLED")
    pumps.equal("status", client["status"], client.library.Status.STOPPED)


def safe_stall(path):
    """The same in Safe mode, where the pump says so unasked."""
    client = Client(path, timeout=20)
    client.prepare(rate=14, volume=9.9)
    client.pump.run(False)
    pumps.equal("alarm", client.alarm("a stall", client.pump.wait_while_running), "STALLED")
    # The client is now one frame behind: its port has to be opened anew.
    client.port.close()
    time.sleep(0.1)
    again = Client(path)
    pumps.equal("status", again["status"], client.library.Status.STOPPED)


BLOCKED = ["--occlude-after", "0.5 s", "--stall-force", "40"]

pumps.main(
    {
        "basic": ([], basic),
        "small syringe": (["--syringe", "bd-plastipak-1"], small_syringe),
        "out of range": ([], out_of_range),
        "heartbeat kept": ([], heartbeat_kept),
        "heartbeat killed": ([], heartbeat_killed),
        "time-out alarm": ([], timed_out),
        "stall": (BLOCKED, stall),
        "stall in Safe mode": (BLOCKED, safe_stall),
        "boots in Safe mode": (["--safe", "30"], basic),
        "at 19200 baud": (["--baud", "19200"], basic),
    },
    {
        "nesp-lib-2.0.0": ["NESP-Lib==2.0.0"],
        "nesp-lib-1.0.3": ["NESP-Lib==1.0.3"],
    },
)
