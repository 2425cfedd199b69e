"""A recording as one HTML file: the player, the recording and the shapes of its glyphs.

The page loads nothing, and a policy in its head forbids it to. The recording in it is an asciicast of version
2, which the page can save. The player (``player/player.js``) draws the same pixels as the PNG: it gets the
glyphs as masks in an image, so no font is needed. It understands the sequences that
:mod:`~c10k_tui.recording.pictures.emulator` understands, and a page is made only of a recording that passes
it.

Why not the player of asciinema: it is 250 kB of another project's code, needs a font for the blocks and the
braille, and knows nothing of this program's recordings.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterable
from html import escape
from io import BytesIO
from pathlib import Path
from string import Template

import numpy as np
from PIL import Image
from rich.cells import cell_len

from c10k_tui.recording.cast.header import CastError, CastHeader
from c10k_tui.recording.cast.lines import event_line
from c10k_tui.recording.cast.reader import Recording
from c10k_tui.recording.pictures.draw import LARGE_CELL_WIDTH, rgb
from c10k_tui.recording.pictures.glyph_masks import mask
from c10k_tui.recording.pictures.styled_cells import TerminalPicture

PLAYER = Path(__file__).parent / "player"
MOST_BYTES = 50_000_000
"""Size of the largest recording in a page."""
MOST_GLYPHS = 4_000
"""Most different glyphs in a page: browsers refuse images that are too high."""
GLYPHS_A_ROW = 32
"""Glyphs in a row of the image."""
Glyph = tuple[str, bool]
"""A glyph, and true if it is bold."""


def page(
    recording: Recording, largest: tuple[int, int], pictures: Iterable[tuple[int, TerminalPicture]]
) -> str:
    """A recording as an HTML document.

    Args:
        recording: The recording.
        largest: The most columns and the most rows of its terminal.
        pictures: All its pictures, as :func:`~c10k_tui.recording.pictures.export.pictures` gives them.

    Raises:
        CastError: the recording holds text that this program does not write, or is too large.
    """
    glyphs = sorted(_glyphs(pictures))
    if len(glyphs) > MOST_GLYPHS:
        raise CastError(f"it has {len(glyphs):,} different glyphs; a page can hold at most {MOST_GLYPHS:,}")
    cast = cast_text(recording)
    if len(cast) > MOST_BYTES:
        raise CastError(
            f"a page can hold at most {MOST_BYTES // 1_000_000} MB of a recording; export a gif or mp4"
        )
    title = escape(recording.header.title or "A recording of c10k-tui")
    return Template((PLAYER / "page.html").read_text(encoding="utf-8")).substitute(
        title=title,
        style=(PLAYER / "player.css").read_text(encoding="utf-8"),
        script=(PLAYER / "player.js").read_text(encoding="utf-8"),
        glyphs=b64encode(_sheet(glyphs)).decode(),
        setting=_inert(json.dumps(_setting(recording, largest, glyphs), ensure_ascii=False)),
        cast=_inert(cast),
    )


def cast_text(recording: Recording) -> str:
    """A recording as the text of an asciicast of version 2."""
    header = recording.header
    data = {
        "version": 2,
        "width": header.width,
        "height": header.height,
        "theme": {"fg": header.foreground, "bg": header.background, "palette": ":".join(header.palette)},
    }
    data |= {"title": header.title} if header.title else {}
    data |= {"c10k-tui": header.own} if header.own is not None else {}
    lines = [json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n"]
    lines += [event_line(event, 0) for event in recording.events]
    return "".join(lines)


def _inert(text: str) -> str:
    """JSON in which nothing is markup: ``<`` is written as its number, which means the same in a string."""
    return text.replace("<", "\\u003c")


def _setting(recording: Recording, largest: tuple[int, int], glyphs: list[Glyph]) -> dict[str, object]:
    """The values that the player needs beside the recording."""
    header = recording.header
    signs = {
        sign for event in recording.events if event.code == "o" for sign in event.data if sign > "\u02ff"
    }
    return {
        "columns": header.width,
        "rows": header.height,
        "most_columns": largest[0],
        "most_rows": largest[1],
        "cell_width": LARGE_CELL_WIDTH,
        **_colours(header),
        "glyphs": glyphs,
        "glyphs_a_row": GLYPHS_A_ROW,
        "wide": sorted(sign for sign in signs if cell_len(sign) == 2),
        "zero": sorted(sign for sign in signs if cell_len(sign) == 0),
    }


def _colours(header: CastHeader) -> dict[str, object]:
    return {
        "foreground": rgb(header.foreground),
        "background": rgb(header.background),
        "palette": [rgb(colour) for colour in header.palette],
    }


def _glyphs(pictures: Iterable[tuple[int, TerminalPicture]]) -> set[Glyph]:
    """The glyphs of all pictures."""
    found: set[Glyph] = {(" ", False)}
    before: TerminalPicture | None = None
    for _, picture in pictures:
        for y, row in enumerate(picture.rows):
            if before is None or y >= before.height or before.rows[y] is not row:
                found.update((glyph, style.bold) for glyph, style in row)
        before = picture
    return found


def _sheet(glyphs: list[Glyph]) -> bytes:
    """The masks of glyphs in rows of :data:`GLYPHS_A_ROW`, as a PNG."""
    width, height = LARGE_CELL_WIDTH, 2 * LARGE_CELL_WIDTH
    rows = -(-len(glyphs) // GLYPHS_A_ROW)
    sheet = np.zeros((rows * height, GLYPHS_A_ROW * width), dtype=np.uint8)
    for number, (glyph, bold) in enumerate(glyphs):
        row, column = divmod(number, GLYPHS_A_ROW)
        part = np.s_[row * height : (row + 1) * height, column * width : (column + 1) * width]
        sheet[part] = np.rint(mask(glyph, bold, width, height) * 255)
    file = BytesIO()
    Image.fromarray(sheet).save(file, "PNG", optimize=True)
    return file.getvalue()
