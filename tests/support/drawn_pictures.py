"""Small pictures and recordings to draw, and an animation as a viewer shows it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from c10k_tui.recording.cast.header import CastHeader, header_line, parse_header
from c10k_tui.recording.cast.reader import Recording, read
from c10k_tui.recording.cast.settings import RecordingSettings
from c10k_tui.recording.pictures.styled_cells import CellRow, CellStyle, TerminalPicture, cell

COLUMNS, ROWS = 20, 4
HEADER: CastHeader = parse_header(header_line(RecordingSettings(width=COLUMNS, height=ROWS)))
AMBER = CellStyle(0xFFAF00, 0x121212)
Event = tuple[float, str, str]


def row_of(text: str, style: CellStyle = AMBER, width: int = COLUMNS) -> CellRow:
    return tuple(cell(glyph, style) for glyph in text.ljust(width))


def picture(*rows: CellRow) -> TerminalPicture:
    return TerminalPicture(COLUMNS, (*rows, *[row_of("")] * (ROWS - len(rows))))


def cast_of(folder: Path, events: Sequence[Event], width: int = COLUMNS, height: int = ROWS) -> Path:
    """A file with our header and these events."""
    path = folder / "a.cast"
    lines = [header_line(RecordingSettings(width=width, height=height)), *map(json.dumps, events)]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def recording_of(
    folder: Path, events: Sequence[Event], width: int = COLUMNS, height: int = ROWS
) -> Recording:
    return read(cast_of(folder, events, width, height))


def frames_of(data: bytes) -> Iterator[tuple[NDArray[np.uint8], int]]:
    """The frames of a GIF as a viewer composes them, and how long each is shown."""
    with Image.open(BytesIO(data)) as animation:
        for index in range(getattr(animation, "n_frames", 1)):
            animation.seek(index)
            yield np.asarray(animation.convert("RGB")), animation.info["duration"]
