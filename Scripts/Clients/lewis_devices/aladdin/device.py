"""The pump itself: standing or infusing, a volume at a rate."""

from collections import OrderedDict

from lewis.core.statemachine import State
from lewis.devices import StateMachineDevice

UNITS = {"UM": 1e-3 / 60, "MM": 1 / 60, "UH": 1e-3 / 3600, "MH": 1 / 3600}  # to mL/s


class Standing(State):
    pass


class Infusing(State):
    def on_entry(self, dt):
        self._context.left = self._context.volume

    def in_state(self, dt):
        device = self._context
        step = min(device.left, device.rate * UNITS[device.units] * dt)
        device.infused += step
        device.left -= step
        if device.left <= 1e-12:
            device.is_wanted = False


class SimulatedAladdin(StateMachineDevice):
    def _initialize_data(self):
        self.is_wanted = False
        self.diameter = 10.0
        self.rate = 1.0
        self.units = "MM"
        self.volume = 0.0
        self.left = 0.0
        self.infused = 0.0

    def _get_state_handlers(self):
        return {"standing": Standing(), "infusing": Infusing()}

    def _get_initial_state(self):
        return "standing"

    def _get_transition_handlers(self):
        return OrderedDict(
            [
                (("standing", "infusing"), lambda: self.is_wanted),
                (("infusing", "standing"), lambda: not self.is_wanted),
            ]
        )

    @property
    def prompt(self):
        return "I" if self._csm.state == "infusing" else "S"
