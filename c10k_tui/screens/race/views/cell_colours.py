"""Glyph and colour of a grid's cells.

:mod:`~c10k_tui.screens.race.views.grid_cells` gives each cell a code: a state and a heat. There are two ways
to draw it.

With enough colours a cell is an area filled with the colour of its state, and a character shows two cells:
its upper and its lower half (:func:`filled_look`). Without colours, or with sixteen, a cell is a glyph
(:mod:`c10k_tui.text.glyphs`) in the colour of its state (:func:`glyph_look`). Sixteen colours are too few for
the steps of heat, so the glyph must show them.
"""

from __future__ import annotations

from rich.style import Style

from c10k_tui.screens.race.views.grid_cells import BLANK, CURSOR, FRONT, HEAT_LEVELS, STRUCK
from c10k_tui.text import glyphs
from c10k_tui.text.palette import Palette

UPPER_HALF = "▀"
TWO_CELLS = ":"
"""Two connections at rest: a dot for each cell. The dots show that the dark area is a grid. The sign takes
one byte, and most of a grid is at rest."""


def filled_look(code: int, palette: Palette) -> tuple[str, Style]:
    """Glyph and style of a character that shows two cells.

    Args:
        code: A code of :attr:`~c10k_tui.screens.race.views.grid_cells.CellModel.codes`.
        palette: The colours.
    """
    upper, lower = fill_of(code & 0xFF), fill_of(code >> 8)
    if upper == lower == "cell":
        return TWO_CELLS, palette.on("cell", "idle")
    if upper == lower:
        return " ", palette.on(upper, "text" if upper in _DARK_FILLS else "on-fill")
    return UPPER_HALF, palette.on(lower, upper)


def fill_of(code: int) -> str:
    """The colour, by its name in the theme, of a cell with this code."""
    if code == BLANK:
        return "base"
    if code == STRUCK:
        return "alarm"
    if code >= CURSOR:
        return "cursor"
    state, heat = divmod(code, HEAT_LEVELS)
    if heat == FRONT:
        return _FRONT_FILLS[state]
    return _FILLS[state] if not heat or state not in _HEATED else f"heat-{heat}"


_FILLS = ("cell", "ready", "read", "arrived", "held", "asleep", "heat-1", "heat-4", "front")
"""Fill of a cold cell by state, in the order of :data:`c10k_tui.screens.race.views.grid_cells.STATES`."""
_FRONT_FILLS = ("front", "front", "read", "arrived", "held", "asleep", "heat-4", "arrived", "front")
"""Fill of a cell at the front of the scan; of a runnable task that got a packet just now."""
_HEATED = frozenset((_FILLS.index("cell"), _FILLS.index("heat-1")))
"""States in which the heat is the colour: idle, and a task that ran."""
_DARK_FILLS = frozenset(("base", "cell", "asleep", "heat-1"))
"""Fills on which ordinary text can be read."""


def glyph_look(code: int, palette: Palette) -> tuple[str, Style]:
    """Glyph and style of a cell with this code."""
    if code == BLANK:
        return " ", palette["text"]
    if code == STRUCK:
        return glyphs.STRUCK, palette["struck"]
    under_cursor = code >= CURSOR
    state, heat = divmod(code - CURSOR if under_cursor else code, HEAT_LEVELS)
    glyph, role = _STATES[state](heat)
    return glyph, palette["cursor" if under_cursor else role]


def _idle(heat: int) -> tuple[str, str]:
    if heat == FRONT:
        return glyphs.FRONT, "front"
    return (glyphs.HEAT[heat - 1], f"heat-{heat}") if heat else (glyphs.IDLE, "idle")


def _ready(heat: int) -> tuple[str, str]:
    if heat == FRONT:
        return glyphs.FRONT, "front"
    return glyphs.READY, f"ready-{heat}" if heat else "ready"


def _read(heat: int) -> tuple[str, str]:
    return glyphs.READ, f"read-{heat}" if 0 < heat < FRONT else "read"


def _arrived(_heat: int) -> tuple[str, str]:
    return glyphs.ARRIVED, "arrived"


def _completed(_heat: int) -> tuple[str, str]:
    return glyphs.COMPLETED, "completed"


def _blocked(_heat: int) -> tuple[str, str]:
    return glyphs.BLOCKED, "blocked"


def _ran(heat: int) -> tuple[str, str]:
    level = min(max(heat, 1), 4)
    return glyphs.RAN[level - 1], f"heat-{level}"


def _runnable(heat: int) -> tuple[str, str]:
    return glyphs.RUNNABLE, "woken" if heat == FRONT else "runnable"


def _running(_heat: int) -> tuple[str, str]:
    return glyphs.RUNNING, "running"


_STATES = (_idle, _ready, _read, _arrived, _completed, _blocked, _ran, _runnable, _running)
"""In the order of :data:`c10k_tui.screens.race.views.grid_cells.STATES`: heat to glyph and role."""
