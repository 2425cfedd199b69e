"""The lanes' accounts side by side, and by how much the first scanning lane exceeds epoll.

All of it counts from the start of the race. Room decides how many rows are shown; the rows that
make the point stay longest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from c10k_tui.spans import Line, clip
from c10k_tui.views.ratios import ratio_text
from sim.frame import Counters, Frame
from sim.scenario import SCANNING_LANES
from sim.units import format_bytes, format_duration, format_short

Getter = Callable[[Counters], int | None]


@dataclass(frozen=True, slots=True)
class Row:
    """One figure: its name, where it stands in the counters, how it is written."""

    label: str
    rank: int
    """The lower, the longer it stays when there is little room."""
    value: Getter
    text: Callable[[int], str] = format_short
    role: str = "text"


ROWS: tuple[Row, ...] = (
    Row("wake-ups", 2, lambda c: c.wakeups),
    Row("system calls", 5, lambda c: c.syscalls),
    Row("descriptors scanned", 3, lambda c: c.scanned),
    Row("wasted checks", 0, lambda c: c.wasted, role="wasted"),
    Row("copied into kernel", 8, lambda c: c.copied_in_bytes, format_bytes),
    Row("copied out of it", 9, lambda c: c.copied_out_bytes, format_bytes),
    Row("cost per wake-up", 1, lambda c: c.wakeup_ns, format_duration, role="strong"),
    Row("requests served", 4, lambda c: c.requests),
    Row("dropped", 10, lambda c: c.dropped),
    Row("latency p50", 7, lambda c: c.latency_p50_ns, format_duration),
    Row("latency p99", 6, lambda c: c.latency_p99_ns, format_duration),
    Row("epoll_ctl calls", 11, lambda c: c.epoll_ctl),
    Row("wait-queue entries", 12, lambda c: c.hooks),
    Row("context switches", 13, lambda c: c.context_switches),
    Row("interrupts", 14, lambda c: c.interrupts),
)
SHORT = {
    "descriptors scanned": ("scanned", "scanned"),
    "wasted checks": ("wasted checks", "wasted"),
    "system calls": ("system calls", "syscalls"),
    "copied into kernel": ("copied in", "copied in"),
    "copied out of it": ("copied out", "copied out"),
    "cost per wake-up": ("per wake-up", "a wake-up"),
    "requests served": ("requests", "requests"),
    "latency p50": ("latency p50", "p50"),
    "latency p99": ("latency p99", "p99"),
    "epoll_ctl calls": ("epoll_ctl", "epoll_ctl"),
    "wait-queue entries": ("queue entries", "queued"),
    "context switches": ("switches", "switches"),
}
"""Labels for narrow tables: up to 13 and up to 10 cells."""
LABEL_WIDTHS = (20, 14, 10)
LEAST_COLUMN = 8
"""As wide as ``99.9 ms`` and a blank."""


def counter_lines(frame: Frame, width: int, height: int) -> list[Line]:
    """The table in at most ``height`` lines of at most ``width`` cells, its heading first."""
    over, under = _compared(frame)
    names = [lane.name for lane in frame.lanes]
    columns = len(names) + (over is not None)
    fitting = [label for label in LABEL_WIDTHS if width - label >= LEAST_COLUMN * columns]
    label_width = fitting[0] if fitting else LABEL_WIDTHS[-1]
    column = min(13, max(LEAST_COLUMN, (width - label_width) // columns))
    lines = [_heading(names, over, label_width, column, width)]
    for row in _rows(frame, height - 1):
        lines.append(clip(_line(row, frame, over, under, label_width, column), width))
    return lines


def since_words(frame: Frame) -> str:
    """From when on the accounts count."""
    return f"since t = {format_duration(frame.since_ns)}" if frame.since_ns else "since the start"


def ratio_words(frame: Frame) -> str:
    """What the ratio column divides."""
    over, _ = _compared(frame)
    return f"ratio: {over_name(frame)} ÷ epoll" if over is not None else ""


def over_name(frame: Frame) -> str | None:
    """The lane that is compared with epoll: the first that scans, and has not failed if one has not."""
    scanning = [lane for lane in frame.lanes if lane.name in SCANNING_LANES]
    working = [lane for lane in scanning if lane.failure is None]
    return (working or scanning)[0].name if scanning else None


def _rows(frame: Frame, height: int) -> list[Row]:
    """The rows that fit, in the order of the table."""
    rows = [row for row in ROWS if row.label != "epoll_ctl calls" or frame.scenario.churn]
    raised = {"epoll_ctl calls": 2} if frame.scenario.churn else {}
    if any(lane.counters.dropped for lane in frame.lanes):
        raised["dropped"] = 2
    ranked = sorted(rows, key=lambda row: raised.get(row.label, row.rank))
    kept = {row.label for row in ranked[: max(0, height)]}
    return [row for row in rows if row.label in kept]


def _compared(frame: Frame) -> tuple[Counters | None, Counters | None]:
    """The first scanning lane and epoll, if both run."""
    over = next((lane.counters for lane in frame.lanes if lane.name == over_name(frame)), None)
    under = next((lane.counters for lane in frame.lanes if lane.name == "epoll"), None)
    return (over, under) if over is not None and under is not None else (None, None)


def _heading(names: list[str], over: Counters | None, label_width: int, column: int, width: int) -> Line:
    spans = [(" " * label_width, "dim")]
    spans.extend((name.rjust(column), name) for name in names)
    if over is not None:
        spans.append(("ratio".rjust(column), "dim"))
    return clip(tuple(spans), width)


def _line(
    row: Row, frame: Frame, over: Counters | None, under: Counters | None, label_width: int, column: int
) -> Line:
    labels = (row.label, *SHORT.get(row.label, ()))
    label = next(
        (label for label in labels if len(label) < label_width or label_width == len(label)), labels[-1]
    )
    spans = [(label.ljust(label_width), "text" if row.role == "text" else row.role)]
    for lane in frame.lanes:
        value = row.value(lane.counters)
        role = "alarm" if row.label == "dropped" and value else row.role
        spans.append(((row.text(value) if value is not None else "–").rjust(column), role))
    if over is not None and under is not None:
        spans.append((_ratio(row.value(over), row.value(under)).rjust(column), "strong"))
    return tuple(spans)


def _ratio(over: int | None, under: int | None) -> str:
    if not over or not under:
        return "–"
    return f"{ratio_text(over, under)}×"
