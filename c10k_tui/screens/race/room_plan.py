"""The rows of the race screen: the height of each part, for a size of the terminal.

The screen is about the grids, so they get every row that no other part needs. The details (panels with
packets, counters and costs, larger pictures of the mechanisms) appear without a request once the grids have
:data:`GRID_ENOUGH` rows and the smallest panels fit below them. In a smaller terminal the user can ask for
the details; then they take rows from the grids.

A grid never loses a row when the terminal grows by one. So each further row of the terminal goes to one part
only, in a fixed cycle, and no part jumps to its full height.

Why not breakpoints in the style sheet: at each breakpoint several parts grow at once, and the grids pay for
it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from c10k_tui.text.messages import N_

LEAST_WIDTH, LEAST_HEIGHT = 80, 24
"""The smallest terminal that has room for the race, in cells."""
GRID_ENOUGH = 24
"""Rows of the grids beyond which further rows are shared with the other parts."""
GRID_LEAST = 4
"""Rows that the grids keep if the user asks for the details in a small terminal."""
LOWER_LEAST, LOWER_MOST = 7, 18
"""Rows of the panels below the lanes, frames included."""
INSIDE_MOST = 6
"""Rows of the largest picture of a mechanism."""
HOST_ROWS = 5
"""Rows of the lane on the real kernel, its frame included."""

_FIXED = 11
"""Rows of the parts that never grow: head, sentence, legend, time line and keys; in each lane the frame, the
mechanism in one row, the CPU bar and two rows of words."""
_UNASKED = ("grid", "lower", "grid", "inside")
_ASKED = ("lower", "grid", "lower", "grid", "inside")
"""Parts that get a further row, in turn."""


class Panel(StrEnum):
    """A part of the race screen that the user can show and hide."""

    PACKETS = N_("packets")
    COUNTERS = N_("counters")
    COST = N_("cost")
    MECHANISM = N_("mechanism")


LOWER_PANELS = frozenset((Panel.PACKETS, Panel.COUNTERS, Panel.COST))
"""The panels below the lanes."""


@dataclass(frozen=True, slots=True)
class RoomPlan:
    """The rows of each part of the race screen; 0 for a part that is not shown."""

    grid: int
    """Rows of the grids, without the frames of their lanes."""
    inside: int
    """Rows of the pictures of the mechanisms."""
    accounts: int
    """1 if each lane shows its CPU time by account."""
    bars: int
    """Rows that compare the lanes' costs, one for each lane."""
    host: int
    lower: int
    """Rows of the panels below the lanes."""
    panels: frozenset[Panel]
    """The panels that are shown; empty without details."""


def plan_rooms(
    height: int,
    lanes: int,
    *,
    panels: Collection[Panel] = tuple(Panel),
    details: bool | None = None,
    hosting: bool = False,
    zoomed: bool = False,
) -> RoomPlan:
    """Share the rows of the terminal.

    Args:
        height: Rows of the terminal.
        lanes: Number of lanes that race.
        panels: The panels of which the details consist.
        details: True to show the details, False to hide them, None to show them if there is room.
        hosting: True if the lane on the real kernel is shown.
        zoomed: True if one lane has the whole screen.
    """
    if zoomed:
        return RoomPlan(max(1, height - _FIXED), 1, 0, 0, 0, 0, frozenset())
    host = HOST_ROWS if hosting else 0
    room = max(1, height - _FIXED - lanes - host)
    accounts = 1 if Panel.MECHANISM in panels else 0
    lower = LOWER_LEAST if LOWER_PANELS.intersection(panels) else 0
    unasked = details is None and room >= GRID_ENOUGH + lower + accounts
    if not (panels and (details or unasked)):
        grid = min(room, GRID_ENOUGH) if details is None else room
        inside = min(INSIDE_MOST, 1 + room - grid)
        return RoomPlan(grid, inside, 0, lanes, host, 0, frozenset())
    least, cycle = (GRID_ENOUGH, _UNASKED) if unasked else (GRID_LEAST, _ASKED)
    most = {"lower": LOWER_MOST - LOWER_LEAST if lower else 0, "inside": INSIDE_MOST - 1 if accounts else 0}
    dealt = _deal(max(0, room - least - lower - accounts), cycle, most)
    grid = max(1, min(least, room - lower - accounts)) + dealt["grid"]
    return RoomPlan(
        grid, 1 + dealt["inside"], accounts, lanes, host, lower + dealt["lower"], frozenset(panels)
    )


def _deal(rows: int, cycle: tuple[str, ...], most: dict[str, int]) -> dict[str, int]:
    """Deal rows to the parts of a cycle. A part that has its most passes its row on to the grids."""
    dealt = dict.fromkeys(cycle, 0)
    for index in range(rows):
        part = cycle[index % len(cycle)]
        if part != "grid" and dealt[part] >= most[part]:
            part = "grid"
        dealt[part] += 1
    return dealt
