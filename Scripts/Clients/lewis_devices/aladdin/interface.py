"""What goes over the line: frames as an Aladdin sends them, with a carriage return too many."""

from lewis.adapters.stream import Cmd, StreamInterface


class AladdinInterface(StreamInterface):
    in_terminator = "\r"
    out_terminator = "\r"

    commands = {
        Cmd("status", r"^(\d{1,2})$"),
        Cmd("get_diameter", r"^(\d{1,2})DIA$"),
        Cmd("set_diameter", r"^(\d{1,2})DIA([\d.]+)$"),
        Cmd("set_rate", r"^(\d{1,2})RAT([\d.]+)(UM|MM|UH|MH)$"),
        Cmd("set_volume", r"^(\d{1,2})VOL([\d.]+)$"),
        Cmd("set_direction", r"^(\d{1,2})DIR(INF|WDR)$"),
        Cmd("start", r"^(\d{1,2})RUN$"),
        Cmd("stop", r"^(\d{1,2})STP$"),
        Cmd("dispensed", r"^(\d{1,2})DIS$"),
        Cmd("clear", r"^(\d{1,2})CLD(INF|WDR)$"),
    }

    def _reply(self, address, data=""):
        return f"\x02{int(address):02d}{self._device.prompt}{data}\x03"

    def handle_error(self, request, error):
        return ""

    def status(self, address):
        return self._reply(address)

    def get_diameter(self, address):
        return self._reply(address, str(self._device.diameter))

    def set_diameter(self, address, number):
        self._device.diameter = float(number)
        return self._reply(address)

    def set_rate(self, address, number, units):
        self._device.rate, self._device.units = float(number), units.decode()
        return self._reply(address)

    def set_volume(self, address, number):
        self._device.volume = float(number)
        return self._reply(address)

    def set_direction(self, address, _):
        return self._reply(address)

    def start(self, address):
        self._device.is_wanted = True
        return self._reply(address)

    def stop(self, address):
        self._device.is_wanted = False
        return self._reply(address)

    def dispensed(self, address):
        shown = f"{self._device.infused:.3f}".rstrip("0")
        shown += "0" if shown.endswith(".") else ""
        return self._reply(address, f"I{shown}W0.0ML")

    def clear(self, address, direction):
        if direction == b"INF":
            self._device.infused = 0.0
        return self._reply(address)
