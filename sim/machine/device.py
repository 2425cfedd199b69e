"""Devices: the sources of interrupts."""

from __future__ import annotations

from typing import Protocol

from sim.machine.clock import NEVER


class Device(Protocol):
    """A source of interrupts at known times, such as a network card with its arrivals."""

    due_ns: int
    """Time of the next interrupt; :data:`~sim.machine.clock.NEVER` if none is due."""

    def interrupt(self) -> None:
        """Handle the interrupt that is due now."""


class NoDevice:
    """A device that never interrupts."""

    due_ns = NEVER

    def interrupt(self) -> None:
        """Never called, because no interrupt is ever due."""
