"""An Aladdin-style pump for the framework lewis: nearly, but not quite, what our driver expects.

    lewis -p "stream: {bind_address: 127.0.0.1, port: 57677}" -a Scripts/Clients -k lewis_devices aladdin
    socat pty,raw,echo=0,link=./pump tcp:127.0.0.1:57677

Oddities, on purpose: a carriage return after every frame; an address has to be given; only DIA, RAT, VOL,
DIR, RUN, STP, DIS and CLD are known, in upper case and without spaces, everything else is answered
by a bare carriage return; a start shows in the next cycle of 100 ms; numbers are not of five characters;
volumes are in mL whatever it is told; a volume of 0 never runs; there is neither stall nor alarm.
"""

from .device import SimulatedAladdin
from .interface import AladdinInterface

framework_version = "1.4.0"

__all__ = ["AladdinInterface", "SimulatedAladdin"]
