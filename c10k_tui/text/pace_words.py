"""Words for the pace of the race: wall time, and how much slower than real time the race runs."""

from __future__ import annotations

from sim.scenario.units import format_duration, format_short


def seconds_words(seconds: float) -> str:
    """Wall time in few letters: ``1 s``, ``2.9 s``, ``340 ms``."""
    if seconds >= 99.5:
        return f"{seconds:,.0f} s"
    if seconds >= 0.995:
        return f"{seconds:.1f}".removesuffix(".0") + " s"
    return format_duration(round(seconds * 1e9))


def slowdown_words(rate_ns: float) -> str:
    """Wall time that one unit of virtual time takes: ``1 ms takes 2 s``.

    Args:
        rate_ns: Virtual nanoseconds per wall second.
    """
    for unit_ns, unit in ((1_000, "µs"), (1_000_000, "ms"), (1_000_000_000, "s")):
        seconds = unit_ns / rate_ns
        if seconds >= 0.1 or unit == "s":
            return f"1 {unit} takes {seconds_words(seconds)}"
    return ""


def scan_words(scan_ns: int, rate_ns: float) -> str:
    """Wall time of one scan (``one scan takes 2 s``), or the number of scans per second.

    Args:
        scan_ns: Virtual time of one scan over all descriptors.
        rate_ns: Virtual nanoseconds per wall second.
    """
    seconds = scan_ns / rate_ns
    if seconds >= 0.02:
        return f"one scan takes {seconds_words(seconds)}"
    return f"{format_short(round(1 / seconds))} scans fit in a second"
