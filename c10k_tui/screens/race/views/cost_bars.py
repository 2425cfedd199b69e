"""The cost of finding out who has sent data, as one bar for each lane.

A bar shows the mean cost of all waiting calls that found something, whether they slept or not
(:attr:`~sim.frames.frame.Counters.wakeup_ns`). The counters have the cost of each kind of call. In a race
with tasks it shows the CPU time of all waiting for one request instead, because a thread's call brings one
request and a call of epoll may bring a hundred. The bar of the dearest lane is the longest. The factor
beside the cheapest lane compares these two lanes, so the number says the same as the bars. There are no bars
until all lanes have a cost: one bar alone compares nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

from c10k_tui.text.lanes import LANE_TEXTS
from c10k_tui.text.messages import N_, _
from c10k_tui.text.ratios import ratio_text
from c10k_tui.text.styled_text import Line, Span, pad
from sim.frames.frame import Frame, LaneFrame
from sim.scenario.units import format_duration

QUESTIONS = (N_(" To find out who has data:  "), N_(" Who has data:  "), " ")
QUESTIONS_OF_TASKS = (N_(" Waiting, for each request:  "), N_(" Each request:  "), " ")
LEAST_BAR = 16
"""Cells below which a shorter question is better than a shorter bar."""
_EIGHTHS = " ▏▎▍▌▋▊▉"
_TIMES_LEAST = 1.05
"""Ratios nearer to 1 are not worth a word."""


def cost_bar_lines(frame: Frame, width: int) -> list[Line]:
    """One line for each lane, in the race's order."""
    lanes = frame.lanes
    with_tasks = any(lane.kind.has_tasks for lane in lanes)
    costs = [_request_ns(lane) if with_tasks else lane.counters.wakeup_ns for lane in lanes]
    most_ns = max(cost for cost in costs if cost) if all(costs) else 0
    names = [_name(lane) for lane in lanes]
    name_width = max(map(len, names)) + 1
    notes = [_note(cost_ns, costs) for cost_ns in costs]
    note_width = max(map(cell_len, notes))
    questions = tuple(_(text) for text in (QUESTIONS_OF_TASKS if with_tasks else QUESTIONS))
    fitting = (text for text in questions if _bar_room(width, text, name_width, note_width) >= LEAST_BAR)
    question = next(fitting, questions[-1])
    room = max(1, _bar_room(width, question, name_width, note_width))
    lines: list[Line] = []
    for index, (lane, name, cost_ns, note) in enumerate(zip(lanes, names, costs, notes, strict=True)):
        head: list[Span] = [(question if not index else " " * cell_len(question), "text")]
        head.append((name.ljust(name_width), lane.name))
        bar = bar_of(cost_ns or 0, most_ns, room)
        figure: Line = ((f" {format_duration(cost_ns)}" if cost_ns else " –", "strong"), (note, "strong"))
        lines.append(pad((*head, (bar, lane.name), *figure), width))
    return lines


def bar_of(part: int, whole: int, cells: int) -> str:
    """A bar in eighths of a cell; any part above zero shows."""
    if part <= 0 or whole <= 0:
        return ""
    eighths = max(1, round(part * cells * 8 / whole))
    full, rest = divmod(eighths, 8)
    return "█" * full + _EIGHTHS[rest].strip()


def _bar_room(width: int, question: str, name_width: int, note_width: int) -> int:
    return width - cell_len(question) - name_width - note_width - 9


def _name(lane: LaneFrame) -> str:
    return (lane.name, *LANE_TEXTS[lane.name].column_names)[0]


def _request_ns(lane: LaneFrame) -> int | None:
    """CPU time spent on waiting, per answered request; None before the first."""
    counters = lane.counters
    return counters.wait_ns // counters.requests if counters.requests else None


def _note(cost_ns: int | None, costs: Sequence[int | None]) -> str:
    """The factor beside the cheapest lane."""
    known = [cost for cost in costs if cost]
    if not cost_ns or len(known) < 2 or cost_ns != min(known) or max(known) < cost_ns * _TIMES_LEAST:
        return ""
    return _("   {known} times less", known=ratio_text(max(known), cost_ns))
