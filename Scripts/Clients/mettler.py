#!/usr/bin/env python3
"""mettler_toledo_device 1.5.0, unmodified, reads the emulated balance over MT-SICS.

    mettler.py TRUMPET

TRUMPET is the executable. The package comes from PyPI into .build-clients/mettler; it asks for
serial_interface below version 2. Exit status 0: everything was as it has to be.
"""

import balances

balances.begin(
    "mettler",
    ["mettler_toledo_device==1.5.0", "serial_interface<2", "setuptools<81"],
    seconds=60,
)


def check(path):
    from mettler_toledo_device import MettlerToledoDevice

    device = MettlerToledoDevice(port=path)
    balances.equal("get_serial_number", device.get_serial_number(), "0000000001")
    balances.equal(
        "get_balance_data", device.get_balance_data(), ["Trumpet", "emulated", "220.0000", "g"]
    )
    balances.equal("get_mtsics_level", device.get_mtsics_level()[0], "012")
    balances.equal("zero_stable", device.zero_stable(), True)
    balances.equal("get_weight_stable", device.get_weight_stable(), [0.0, "g"])
    balances.equal("get_weight", device.get_weight(), [0.0, "g", "S"])
    balances.equal("zero", device.zero(), "S")
    device.close()


def check_flow(path):
    import time

    from mettler_toledo_device import MettlerToledoDevice

    device = MettlerToledoDevice(port=path)
    first, begun = device.get_weight(), time.monotonic()
    time.sleep(3)
    second, ended = device.get_weight(), time.monotonic()
    balances.equal("get_weight while it flows", (first[2], second[2]), ("D", "D"))
    rate = (second[0] - first[0]) / (ended - begun) * 3600
    # 60 g/h; the moments of the two readings are known to some tens of milliseconds of 3 s.
    balances.near("flow, g/h", rate, 60, 3)
    balances.equal("zero", device.zero(), "D")
    device.close()


def check_overload(path):
    from mettler_toledo_device import MettlerToledoDevice
    from mettler_toledo_device.mettler_toledo_device import MettlerToledoError

    device = MettlerToledoDevice(port=path)
    try:
        device.get_weight()
    except MettlerToledoError as error:
        balances.equal("overload", str(error), "'Balance in overload range.'")
    else:
        balances.fail("overload", "a weight", "an error")
    device.close()


with balances.emulated("--protocol", "mt-sics", "--repeatability", "0 mg") as path:
    check(path)
with balances.emulated("--protocol", "mt-sics", "--flow", "60 mL/h") as path:
    check_flow(path)
with balances.emulated("--protocol", "mt-sics", "--capacity", "10 g", "--vessel", "12 g") as path:
    check_overload(path)
balances.end()
