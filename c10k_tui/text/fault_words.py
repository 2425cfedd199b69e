"""Words about faults that the race screen and ``c10k-tui run`` share."""

from __future__ import annotations

from sim.frames.frame import FaultView
from sim.scenario.units import format_duration, format_short


def struck_words(warning: FaultView) -> str:
    """``struck 12× since 480 µs``: number of strikes and virtual time of the first one."""
    if warning.strikes == 1:
        return f"struck at {format_duration(warning.first_ns)}"
    return f"struck {format_short(warning.strikes)}× since {format_duration(warning.first_ns)}"
