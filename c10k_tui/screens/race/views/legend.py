"""The meaning of the grids' glyphs, for the lanes on the screen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from c10k_tui.screens.race.views.cpu import GROUPS, AccountGroup
from c10k_tui.text import glyphs
from c10k_tui.text.styled_text import Line, Span, clip, width_of
from sim.scenario.lane_kind import LaneKind
from sim.scenario.lanes import LANES


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """A state of a cell: its glyph, its colour and its meaning."""

    glyph: str
    role: str
    full: str
    brief: str
    """The meaning in one word."""
    seen_in: Callable[[LaneKind], bool]
    """True for a lane whose grid can show this state."""


def _in_all(kind: LaneKind) -> bool:
    return True


def _completes(kind: LaneKind) -> bool:
    return kind.completes


def _with_tasks(kind: LaneKind) -> bool:
    return kind.has_tasks


GRID_LEGEND: tuple[LegendEntry, ...] = (
    LegendEntry(glyphs.IDLE, "idle", "idle", "idle", lambda kind: not kind.task_each),
    LegendEntry(
        glyphs.FRONT + glyphs.HEAT[2] + glyphs.HEAT[1] + glyphs.HEAT[0],
        "heat-3",
        "just checked, fading",
        "checked",
        lambda kind: kind.scans,
    ),
    LegendEntry(glyphs.BLOCKED, "blocked", "its task sleeps", "asleep", lambda kind: kind.task_each),
    LegendEntry(glyphs.RUNNABLE, "runnable", "runnable", "runnable", _with_tasks),
    LegendEntry(glyphs.RUNNING, "running", "running", "runs", _with_tasks),
    LegendEntry(
        glyphs.RAN[2] + glyphs.RAN[1] + glyphs.RAN[0], "heat-3", "just ran, fading", "ran", _with_tasks
    ),
    LegendEntry(glyphs.ARRIVED, "arrived", "packet arrives", "packet", _in_all),
    LegendEntry(glyphs.READY, "ready", "ready: unread data", "ready", _in_all),
    LegendEntry(glyphs.COMPLETED, "completed", "completed, unanswered", "completed", _completes),
    LegendEntry(glyphs.READ, "read", "being read", "read", lambda kind: not kind.has_tasks),
)
"""The entries in the order of the legend."""


def entries_of(lanes: Iterable[str]) -> list[LegendEntry]:
    """The states that the grids of these lanes can show."""
    shown = [LANES[lane] for lane in lanes]
    return [sign for sign in GRID_LEGEND if any(map(sign.seen_in, shown))]


def legend(lanes: Iterable[str], width: int, groups: Sequence[AccountGroup] = GROUPS) -> Line:
    """The meaning of the grids' glyphs, and the names of the CPU bars' blocks. The capital in a name is the
    letter on its block.

    Args:
        lanes: The lanes on the screen.
        width: Cells.
        groups: The blocks that the lanes' bars can have.
    """
    signs = entries_of(lanes)
    full = _glyphs(signs, full=True)
    brief, tight = _glyphs(signs), _glyphs(signs, blank="")
    least = tuple((text[:2] if text[0] == " " else text, role) for text, role in tight)
    for choice in (
        (*full, (" CPU", "dim"), *_cpu_blocks(groups)),
        (*brief, (" CPU", "dim"), *_cpu_blocks(groups)),
        (*tight, (" │", "dim"), *_cpu_names(groups)),
        full,
        brief,
        tight,
    ):
        if width_of(choice) <= width:
            return choice
    return clip(least, width)


def _glyphs(signs: Iterable[LegendEntry], *, full: bool = False, blank: str = " ") -> Line:
    """The grids' glyphs with their meanings, in full or in one word each."""
    spans: list[Span] = []
    for sign in signs:
        spans += [
            (f" {sign.glyph}", sign.role),
            (f"{blank}{sign.full if full else sign.brief}{blank}", "dim"),
        ]
    return tuple(spans)


def _cpu_blocks(groups: Sequence[AccountGroup]) -> Line:
    """The colour and the name of each block."""
    spans: list[Span] = []
    for group in groups:
        name = "CPU idle" if group.role == "idle" else group.brief
        spans += [(" █", f"key-{group.role}"), (f" {name}", "dim")]
    return tuple(spans)


def _cpu_names(groups: Sequence[AccountGroup]) -> Line:
    """The names of blocks that may be drawn as a letter only, in their colours."""
    return tuple((f" {group.brief}", f"key-{group.role}") for group in groups if group.code)
