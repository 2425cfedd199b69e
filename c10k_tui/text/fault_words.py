"""Words about faults that the race screen and ``c10k-tui run`` share."""

from __future__ import annotations

from c10k_tui.text.messages import _
from sim.frames.frame import FaultView
from sim.scenario.units import format_duration, format_short


def struck_words(warning: FaultView) -> str:
    """``struck 12× since 480 µs``: number of strikes and virtual time of the first one."""
    if warning.strikes == 1:
        return _("struck at {first_ns}", first_ns=format_duration(warning.first_ns))
    return _(
        "struck {strikes}× since {first_ns}",
        strikes=format_short(warning.strikes),
        first_ns=format_duration(warning.first_ns),
    )
