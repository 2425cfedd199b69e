"""The meaning of the cells' looks, for the lanes on the screen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from c10k_tui.screens.race.views.cpu import AccountGroup
from c10k_tui.text import glyphs
from c10k_tui.text.messages import N_, _
from c10k_tui.text.styled_text import Line, Span, clip, width_of
from sim.scenario.lane_kind import LaneKind
from sim.scenario.lanes import LANES


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """A state of a cell: its glyph and the glyph's role, its fills, and its meaning."""

    glyph: str
    role: str
    fills: tuple[str, ...]
    """Colours of filled cells, by their names in the theme."""
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
    LegendEntry(glyphs.IDLE, "idle", ("cell",), N_("idle"), N_("idle"), lambda kind: not kind.task_each),
    LegendEntry(
        glyphs.FRONT + glyphs.HEAT[2] + glyphs.HEAT[1] + glyphs.HEAT[0],
        "heat-3",
        ("front", "heat-4", "heat-3", "heat-2", "heat-1"),
        N_("just checked, fading"),
        N_("checked"),
        lambda kind: kind.scans,
    ),
    LegendEntry(
        glyphs.BLOCKED,
        "blocked",
        ("asleep",),
        N_("its task sleeps"),
        N_("asleep"),
        lambda kind: kind.task_each,
    ),
    LegendEntry(glyphs.RUNNABLE, "runnable", ("heat-4",), N_("runnable"), N_("runnable"), _with_tasks),
    LegendEntry(glyphs.RUNNING, "running", ("front",), N_("running"), N_("runs"), _with_tasks),
    LegendEntry(
        glyphs.RAN[2] + glyphs.RAN[1] + glyphs.RAN[0],
        "heat-3",
        ("heat-3", "heat-2", "heat-1"),
        N_("just ran, fading"),
        N_("ran"),
        _with_tasks,
    ),
    LegendEntry(glyphs.ARRIVED, "arrived", ("arrived",), N_("packet arrives"), N_("packet"), _in_all),
    LegendEntry(glyphs.READY, "ready", ("ready",), N_("ready: unread data"), N_("ready"), _in_all),
    LegendEntry(
        glyphs.COMPLETED, "completed", ("held",), N_("completed, unanswered"), N_("completed"), _completes
    ),
    LegendEntry(
        glyphs.READ, "read", ("read",), N_("being read"), N_("read"), lambda kind: not kind.has_tasks
    ),
)
"""The entries in the order of the legend."""


def entries_of(lanes: Iterable[str]) -> list[LegendEntry]:
    """The states that the grids of these lanes can show."""
    shown = [LANES[lane] for lane in lanes]
    return [sign for sign in GRID_LEGEND if any(map(sign.seen_in, shown))]


def legend(lanes: Iterable[str], width: int, *, filled: bool, in_full: bool = True) -> Line:
    """The states of the grids' cells.

    Args:
        lanes: The lanes on the screen.
        width: Cells.
        filled: True if cells are filled with the colours of their states, False if they are glyphs.
        in_full: False for one word for each state, even if there is room for more.
    """
    signs = entries_of(lanes)
    choices = [
        _signs(signs, filled=filled, full=in_full, before=" ", after=" "),
        _signs(signs, filled=filled, before=" ", after=" "),
        _signs(signs, filled=filled, before=" ", after=""),
        _signs(signs, filled=filled, before="", after=""),
        _signs(signs, filled=filled, before="", after="", most=1),
    ]
    return next((line for line in choices if width_of(line) <= width), clip(choices[-1], width))


def account_legend(groups: Sequence[AccountGroup], width: int) -> Line:
    """The names of the blocks in the bars of CPU time by account, as many as fit."""
    line: Line = ((_(" CPU time:"), "dim"),)
    for group in groups:
        name = _("idle") if group.role == "idle" else _(group.name)
        longer = (*line, (" █", f"key-{group.role}"), (f" {name}", "dim"))
        if width_of(longer) > width:
            break
        line = longer
    return line


def _signs(
    signs: Iterable[LegendEntry],
    *,
    filled: bool,
    before: str,
    after: str,
    full: bool = False,
    most: int | None = None,
) -> Line:
    """The looks of the states with their meanings.

    Args:
        signs: The states.
        filled: True for filled cells, False for glyphs.
        before: Blanks before a meaning.
        after: Blanks after it.
        full: True for the full meaning, False for one word.
        most: Most cells for a look; None for all.
    """
    spans: list[Span] = []
    for sign in signs:
        spans.append((" ", "text"))
        if filled:
            spans += [(glyphs.FULL, f"fill-{fill}") for fill in sign.fills[:most]]
        else:
            spans.append((sign.glyph[:most], sign.role))
        spans.append((f"{before}{_(sign.full if full else sign.brief)}{after}", "dim"))
    return tuple(spans)
