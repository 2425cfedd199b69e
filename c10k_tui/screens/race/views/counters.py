"""The counters of all lanes side by side, and the ratio between two of the lanes.

All counters start with the race. The rows depend on the lanes: switches and memory for lanes with tasks,
submissions and completions for lanes with rings. The height limits the number of rows; the most important
rows stay longest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rich.cells import cell_len

from c10k_tui.text.lanes import LANE_TEXTS
from c10k_tui.text.messages import N_, _
from c10k_tui.text.ratios import ratio_text
from c10k_tui.text.styled_text import Line, clip, left, right
from sim.frames.frame import Frame, LaneFrame
from sim.scenario.lane_kind import Family, LaneKind
from sim.scenario.lanes import REFERENCE
from sim.scenario.units import format_bytes, format_duration, format_short

Getter = Callable[[LaneFrame], int | None]


@dataclass(frozen=True, slots=True)
class CounterRow:
    """One figure: its label, its source in the frame, and its format."""

    label: str
    rank: int
    """The lower the rank, the longer the row stays when there is little room."""
    value: Getter
    text: Callable[[int], str] = format_short
    role: str = "text"
    applies: Callable[[LaneKind], bool] = lambda kind: True
    """True for a lane to which this figure applies. The row is shown if such a lane takes part."""


def _of(name: str) -> Getter:
    """A getter for a counter, by its name."""
    return lambda lane: getattr(lane.counters, name)


def _submitted(lane: LaneFrame) -> int | None:
    if lane.kind.family is Family.PORT:
        return lane.counters.operations
    return lane.counters.sqes if lane.kind.family is Family.RING else None


def _completed(lane: LaneFrame) -> int | None:
    if lane.kind.family is Family.PORT:
        return lane.counters.completions
    return lane.counters.cqes if lane.kind.family is Family.RING else None


def _polled_ns(lane: LaneFrame) -> int | None:
    """CPU time that the polling kernel thread has used on its own CPU, in ns; None for lanes without one."""
    if not lane.kind.second_cpu:
        return None
    return lane.counters.sq_thread_work_ns + lane.counters.sq_thread_spin_ns


def _has_filters(kind: LaneKind) -> bool:
    return kind.family is Family.FILTERS


ROWS: tuple[CounterRow, ...] = (
    CounterRow("wake-ups", 2, _of("wakeups")),
    CounterRow(N_("system calls"), 5, _of("syscalls")),
    CounterRow(N_("descriptors scanned"), 3, _of("scanned")),
    CounterRow(N_("wasted checks"), 0, _of("wasted"), role="wasted"),
    CounterRow(N_("copied into kernel"), 8, _of("copied_in_bytes"), format_bytes),
    CounterRow(N_("copied out of it"), 9, _of("copied_out_bytes"), format_bytes),
    CounterRow(N_("cost per wake-up"), 1, _of("wakeup_ns"), format_duration, role="strong"),
    CounterRow(N_("found data at once"), 15, _of("at_once_call_ns"), format_duration),
    CounterRow(N_("had to wait"), 16, _of("slept_call_ns"), format_duration),
    CounterRow(N_("requests served"), 4, _of("requests")),
    CounterRow(N_("dropped"), 10, _of("dropped")),
    CounterRow(N_("latency p50"), 7, _of("latency_p50_ns"), format_duration),
    CounterRow(N_("latency p99"), 6, _of("latency_p99_ns"), format_duration),
    CounterRow(N_("epoll_ctl calls"), 11, _of("epoll_ctl")),
    CounterRow(N_("switches per second"), 4, _of("switches_per_s"), applies=lambda kind: kind.has_tasks),
    CounterRow(N_("woken for nothing"), 6, _of("spurious_wakes"), applies=lambda kind: kind.has_workers),
    CounterRow(
        N_("connections' memory"),
        6,
        lambda lane: None if lane.memory is None else lane.memory.used_bytes,
        format_bytes,
        applies=lambda kind: kind.has_tasks or kind.family is Family.PORT,
    ),
    CounterRow(N_("second CPU's time"), 5, _polled_ns, format_duration, applies=lambda kind: kind.second_cpu),
    CounterRow(N_("submissions"), 9, _submitted, applies=lambda kind: kind.posts_results),
    CounterRow(N_("completions"), 8, _completed, applies=lambda kind: kind.posts_results),
    CounterRow(
        N_("kqueue changes"),
        12,
        lambda lane: lane.counters.changes if _has_filters(lane.kind) else None,
        applies=_has_filters,
    ),
    CounterRow(
        N_("filters run"),
        9,
        lambda lane: lane.counters.filter_runs if _has_filters(lane.kind) else None,
        applies=_has_filters,
    ),
    CounterRow(N_("wait-queue entries"), 12, _of("hooks")),
    CounterRow(N_("context switches"), 13, _of("context_switches")),
    CounterRow(N_("interrupts"), 14, _of("interrupts")),
)
SHORT = {
    "descriptors scanned": (N_("scanned"), N_("scanned")),
    "wasted checks": (N_("wasted checks"), N_("wasted")),
    "system calls": (N_("system calls"), N_("syscalls")),
    "copied into kernel": (N_("copied in"), N_("copied in")),
    "copied out of it": (N_("copied out"), N_("copied out")),
    "cost per wake-up": (N_("per wake-up"), N_("a wake-up")),
    "found data at once": (N_("data at once"), N_("at once")),
    "had to wait": (N_("had to wait"), N_("waited")),
    "requests served": (N_("requests"), N_("requests")),
    "latency p50": (N_("latency p50"), N_("p50")),
    "latency p99": (N_("latency p99"), N_("p99")),
    "epoll_ctl calls": (N_("epoll_ctl"), N_("epoll_ctl")),
    "wait-queue entries": (N_("queue entries"), "queued"),
    "context switches": (N_("switches"), N_("switches")),
    "switches per second": (N_("switches/s"), "switches/s"),
    "woken for nothing": (N_("woken in vain"), N_("in vain")),
    "connections' memory": (N_("memory"), N_("memory")),
    "second CPU's time": (N_("second CPU"), N_("2nd CPU")),
    "submissions": (N_("submissions"), N_("submitted")),
    "completions": (N_("completions"), N_("completed")),
    "kqueue changes": (N_("changes"), N_("changes")),
    "filters run": (N_("filters run"), N_("filters")),
}
"""Labels for narrow tables, of up to 13 and up to 10 cells."""
WITHOUT_RATIO = ("requests served", "dropped")
"""Counts that the clients set, or that are a misfortune: a ratio of them says nothing about cost."""
LABEL_WIDTHS = (20, 14, 10)
LEAST_COLUMN = 8
"""Cells of the narrowest column: ``99.9 ms`` and a blank."""


def counter_lines(frame: Frame, width: int, height: int) -> list[Line]:
    """The table in at most ``height`` lines of at most ``width`` cells, its heading first.

    The column with the ratio is left out if it has no room beside the lanes.
    """
    lanes = frame.lanes
    compared = _shown_ratio(frame, width)
    columns = len(lanes) + (compared is not None)
    label_width = _label_width(width, columns)
    column = min(13, max(LEAST_COLUMN, (width - label_width) // columns))
    lines = [_heading([lane.name for lane in lanes], compared is not None, label_width, column, width)]
    for row in _rows(frame, height - 1):
        lines.append(clip(_line(row, frame, compared, label_width, column), width))
    return lines


def _label_width(width: int, columns: int) -> int:
    """Cells for the labels. If there are more than four columns and enough width, a column gets one cell
    more.
    """
    least = LEAST_COLUMN + (columns > 4 and width >= LABEL_WIDTHS[-1] + (LEAST_COLUMN + 1) * columns)
    return next((label for label in LABEL_WIDTHS if width - label >= least * columns), LABEL_WIDTHS[-1])


def _shown_ratio(frame: Frame, width: int) -> tuple[LaneFrame, LaneFrame] | None:
    """The two lanes of the ratio column; None if there is no room for it."""
    least = LABEL_WIDTHS[-1] + LEAST_COLUMN * (len(frame.lanes) + 1)
    return compared_lanes(frame) if width >= least or len(frame.lanes) < 4 else None


def since_words(frame: Frame) -> str:
    """Words for the time at which the counters started."""
    return (
        _("since t = {since_ns}", since_ns=format_duration(frame.since_ns))
        if frame.since_ns
        else _("since the start")
    )


def ratio_words(frame: Frame, width: int) -> str:
    """Words for the two lanes that the ratio column divides, for a table of this width."""
    compared = _shown_ratio(frame, width)
    return (
        _("ratio: {name} ÷ {name2}", name=compared[0].name, name2=compared[1].name)
        if compared is not None
        else ""
    )


def compared_lanes(frame: Frame) -> tuple[LaneFrame, LaneFrame] | None:
    """The two lanes that the ratio compares; None for a single lane.

    The ratio says by how much a lane exceeds epoll. That lane is a scanning lane if one takes part, else the
    first other lane. Without epoll, the first lane is compared with the last: the older interface with the
    newer. A failed lane is compared only if there is no other.
    """
    working = [lane for lane in frame.lanes if lane.failure is None]
    if len(frame.lanes) < 2:
        return None
    epoll = next((lane for lane in frame.lanes if lane.name == REFERENCE), None)
    if epoll is not None:
        others = [lane for lane in working or frame.lanes if lane is not epoll]
        others = others or [lane for lane in frame.lanes if lane is not epoll]
        scanning = [lane for lane in others if lane.kind.scans]
        return (scanning or others)[0], epoll
    lanes = working if len(working) > 1 else list(frame.lanes)
    return lanes[0], lanes[-1]


def _rows(frame: Frame, height: int) -> list[CounterRow]:
    """The rows that fit, in the order of the table."""
    rows = [row for row in ROWS if any(row.applies(lane.kind) for lane in frame.lanes)]
    if not frame.scenario.churn:
        rows = [row for row in rows if row.label != "epoll_ctl calls"]
    raised = {"epoll_ctl calls": 2} if frame.scenario.churn else {}
    if any(lane.counters.dropped for lane in frame.lanes):
        raised["dropped"] = 2
    ranked = sorted(rows, key=lambda row: raised.get(row.label, row.rank))
    kept = {row.label for row in ranked[: max(0, height)]}
    return [row for row in rows if row.label in kept]


def _heading(names: list[str], ratio: bool, label_width: int, column: int, width: int) -> Line:
    spans = [(" " * label_width, "dim")]
    for name in names:
        choices = (name, *LANE_TEXTS[name].column_names)
        shown = next((choice for choice in choices if len(choice) < column), choices[-1][: column - 1])
        spans.append((shown.rjust(column), name))
    if ratio:
        spans.append((right(_("ratio"), column), "dim"))
    return clip(tuple(spans), width)


def _line(
    row: CounterRow, frame: Frame, compared: tuple[LaneFrame, LaneFrame] | None, label_width: int, column: int
) -> Line:
    labels = tuple(_(label) for label in (row.label, *SHORT.get(row.label, ())))
    label = next((label for label in labels if cell_len(label) <= label_width), labels[-1])
    spans = [(left(label, label_width), "text" if row.role == "text" else row.role)]
    for lane in frame.lanes:
        value = row.value(lane)
        role = "alarm" if row.label == "dropped" and value else row.role
        spans.append(((row.text(value) if value is not None else "–").rjust(column), role))
    if compared is not None:
        over, under = compared
        ratio = "–" if row.label in WITHOUT_RATIO else _ratio(row.value(over), row.value(under))
        spans.append((ratio.rjust(column), "strong"))
    return tuple(spans)


def _ratio(over: int | None, under: int | None) -> str:
    """The ratio of two figures; a dash where it is below 1, because the lane does not exceed the other."""
    if not over or not under or over < under:
        return "–"
    return f"{ratio_text(over, under)}×"
