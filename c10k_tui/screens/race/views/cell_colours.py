"""Glyph and colour of a grid's cells.

:mod:`~c10k_tui.screens.race.views.grid_cells` gives each cell a code: a state and a heat. Here a code
becomes a glyph (:mod:`c10k_tui.text.glyphs`) and a role, and the palette (:mod:`c10k_tui.text.palette`)
gives the role its colour in the current theme.
"""

from __future__ import annotations

from rich.style import Style

from c10k_tui.screens.race.views.grid_cells import BLANK, CURSOR, FRONT, HEAT_LEVELS, STRUCK
from c10k_tui.text import glyphs
from c10k_tui.text.palette import Palette


def look_of(code: int, palette: Palette) -> tuple[str, Style]:
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
