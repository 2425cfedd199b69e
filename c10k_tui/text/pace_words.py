"""Words for the pace of the race: wall time, and how much slower than real time the race runs."""

from __future__ import annotations

from c10k_tui.text.messages import _
from sim.scenario.units import format_duration, format_short


def seconds_words(seconds: float) -> str:
    """Wall time in few letters: ``1 s``, ``2.9 s``, ``340 ms``."""
    if seconds >= 99.5:
        return f"{seconds:,.0f} s"
    if seconds >= 0.995:
        return f"{seconds:.1f}".removesuffix(".0") + " s"
    return format_duration(round(seconds * 1e9))


def slow_motion_words(rate_ns: float) -> str:
    """The race's pace beside real time: ``slow motion 3,400×``.

    Args:
        rate_ns: Virtual nanoseconds per wall second.
    """
    factor = 1_000_000_000 / rate_ns
    if factor < 1.05:
        return (
            _("real time")
            if factor > 0.95
            else _("{factor_words}× faster than real time", factor_words=factor_words(1 / factor))
        )
    return _("slow motion {factor_words}×", factor_words=factor_words(factor))


def factor_words(factor: float) -> str:
    """A factor with two significant digits: ``3,400``, ``12``, ``1.8``."""
    if factor < 9.95:
        return f"{factor:.1f}"
    digits = len(str(int(factor))) - 2
    return f"{round(factor, -digits):,.0f}"


def scan_words(scan_ns: int, rate_ns: float) -> str:
    """Wall time of one scan (``a scan takes 2 s``), or the number of scans per second.

    Args:
        scan_ns: Virtual time of one scan over all descriptors.
        rate_ns: Virtual nanoseconds per wall second.
    """
    seconds = scan_ns / rate_ns
    if seconds >= 0.02:
        return _("a scan takes {seconds_words}", seconds_words=seconds_words(seconds))
    return _("{value} scans a second", value=format_short(round(1 / seconds)))
