"""The two lines at the top: what is raced, how fast, and what is true of the figures."""

from __future__ import annotations

from c10k_tui.spans import Line, spread
from sim.frame import Frame
from sim.scenario import Scenario, Share
from sim.units import format_count, format_duration, format_short


def scenario_line(scenario: Scenario, width: int) -> Line:
    """The scenario at the left, where the figures come from at the right."""
    active = "all" if scenario.active == Share(10_000) else str(scenario.active)
    active = f"{int(active):,}" if active.isdigit() else active
    left = [
        (" c10k ", "title"),
        ("  ", "text"),
        (f"{scenario.fds:,}", "strong"),
        (" fd · " if scenario.fds == 1 else " fds · ", "dim"),
        (active, "strong"),
        (" active · ", "dim"),
        (format_count(scenario.rate), "strong"),
        (" req/s", "dim"),
    ]
    if scenario.churn:
        left += [(" · ", "dim"), (format_count(scenario.churn), "strong"), (" reconnects/s", "dim")]
    left += [(" · seed ", "dim"), (str(scenario.seed), "strong")]
    notes = ["simulated", "costs: built-in"] if width >= 96 else ["simulated"]
    if "select" in scenario.lanes:
        notes.append("FD_SETSIZE 1024 on" if scenario.fd_setsize else "FD_SETSIZE off")
    return spread(tuple(left), ((" · ".join(notes) + " ", "dim"),), width)


def speed_line(
    frame: Frame,
    width: int,
    *,
    paused: bool,
    speed: float | None,
    rate_ns: float,
    scan_ns: int,
    kept_up: float,
    scans: int,
    notice: str,
) -> Line:
    """The pace at the left, the race's time at the right, a notice between them.

    Args:
        frame: The race now.
        width: Cells.
        paused: Whether the race stands still.
        speed: As the user set it; None for as fast as it goes.
        rate_ns: Virtual nanoseconds per wall second.
        scan_ns: What one scan over all descriptors takes.
        kept_up: Part of the speed that is reached.
        scans: Passes the busiest scanning lane finished since the last frame.
        notice: What the last key did, or nothing.
    """
    left: list[tuple[str, str]] = [(" ▌▌ paused ", "title") if paused else (" ▶ ", "strong")]
    if paused:
        left.append((" ", "text"))
    if speed is None:
        left.append(("as fast as it goes", "text"))
    else:
        left.append((scan_words(scan_ns, rate_ns), "text"))
        left.append((f" · {slowdown_words(rate_ns)}", "dim"))
    if scans > 1 and not paused:
        left.append((f" · ×{scans} scans this frame", "wasted"))
    if kept_up < 0.95 and not paused:
        left.append((f" · cannot keep up: ×{kept_up:.1f}", "alarm"))
    if notice:
        left += [("  ", "text"), (f" {notice} ", "notice")]
    right = (("t = ", "dim"), (format_duration(frame.now_ns) + " ", "strong"))
    return spread(tuple(left), right, width)


def scan_words(scan_ns: int, rate_ns: float) -> str:
    """How long one scan takes to watch."""
    seconds = scan_ns / rate_ns
    if seconds >= 0.02:
        return f"one scan takes {seconds_words(seconds)}"
    return f"{format_short(round(1 / seconds))} scans fit in a second"


def slowdown_words(rate_ns: float) -> str:
    """How much slower than real the race is shown."""
    for unit_ns, unit in ((1_000, "µs"), (1_000_000, "ms"), (1_000_000_000, "s")):
        seconds = unit_ns / rate_ns
        if seconds >= 0.1 or unit == "s":
            return f"1 {unit} takes {seconds_words(seconds)}"
    return ""


def seconds_words(seconds: float) -> str:
    """Wall time in few letters: ``1 s``, ``2.9 s``, ``340 ms``."""
    if seconds >= 99.5:
        return f"{seconds:,.0f} s"
    if seconds >= 0.995:
        return f"{seconds:.1f}".removesuffix(".0") + " s"
    return format_duration(round(seconds * 1e9))
