"""The row below the picture that shows the pressed keys."""

from __future__ import annotations

from typing import NamedTuple

from c10k_tui.recording.pictures.styled_cells import CellRow, CellStyle, cell

SHOWN_S = 2.0
"""Time in seconds for which a key is shown."""


class CaptionStyles(NamedTuple):
    """The styles of the row in one theme."""

    row: CellStyle
    key: CellStyle


class Caption:
    """The keys pressed in the last :data:`SHOWN_S` seconds.

    Args:
        frames_per_s: The frame rate.
    """

    def __init__(self, frames_per_s: int) -> None:
        self._frames = round(SHOWN_S * frames_per_s)
        self._shown: list[tuple[int, str]] = []

    def press(self, frame: int, key: str) -> None:
        """Note that a key was pressed in this frame."""
        self._shown.append((frame, "space" if key == " " else key))

    def row(self, frame: int, width: int, styles: CaptionStyles) -> CellRow:
        """The row in this frame; newer keys stand to the right of older ones."""
        self._shown = [entry for entry in self._shown if frame - entry[0] < self._frames]
        cells = [cell(" ", styles.row)]
        for _, key in self._shown:
            cells += [cell(glyph, styles.key) for glyph in f" {key} "]
            cells.append(cell(" ", styles.row))
        # If there are too many keys for the row, the newest stay.
        cells = cells[-width:]
        return (*cells, *[cell(" ", styles.row)] * (width - len(cells)))
