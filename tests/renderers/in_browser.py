"""SVG and HTML in a browser, compared with the PNG of the same moment."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from c10k_tui.recording.cast.header import header_line, parse_header
from c10k_tui.recording.cast.reader import Recording
from c10k_tui.recording.cast.settings import RecordingSettings
from c10k_tui.recording.pictures.cell_shapes import shape_without_font
from c10k_tui.recording.pictures.draw import Pixels, image
from c10k_tui.recording.pictures.export import export, picture_at
from c10k_tui.recording.pictures.styled_cells import CellStyle, TerminalPicture, cell
from c10k_tui.recording.pictures.svg import svg
from tests.renderers.browser import Browser

Finding = tuple[str, float, float]
"""Words for a comparison, the difference found, and the largest that is right."""

SIZE_PAGE = """<!DOCTYPE html>
<table><tr><td><img id="i" style="max-width:100%" src="a.svg"></td><td>text</td></tr></table>
<p id="said"></p><script>onload = () => { said.textContent = i.width + "x" + i.height; };</script>"""
BARE_PICTURE = """<script>setTimeout(() => {
document.body.replaceChildren(canvas);
canvas.style.cssText = `width:${canvas.width}px;max-width:none;border-radius:0`;
document.body.style.margin = 0;
}, 500);</script></body>"""
USED_PLAYER = """<p id="said"></p><script>setTimeout(() => {
const press = (key) => document.dispatchEvent(new KeyboardEvent("keydown", { key, cancelable: true }));
const states = [];
const note = (what) => states.push(`${what}=${now.toFixed(2)}${playing ? "p" : ""}`);
press("End"); note("end"); press("Home"); note("home"); press("ArrowRight"); note("right");
press("ArrowLeft"); note("left"); press("."); note("next"); press(","); note("previous");
press("]"); note("marker"); press("["); note("back"); press("5"); note("half"); press(" "); note("play");
press(" "); note("pause"); press("+"); states.push(`speed=${speed}`);
element.time.value = 1; element.time.oninput(); note("slider");
const theme = document.documentElement.dataset.theme; press("t");
states.push(`theme=${theme !== document.documentElement.dataset.theme}`);
document.getElementById("said").textContent = states.join(" ");
}, 500);</script></body>"""


def without_letters(picture: TerminalPicture, pixels: Pixels) -> Pixels:
    """The pixels with all cells blacked out that need a font."""
    kept = pixels.copy()
    for y, row in enumerate(picture.rows):
        for x, (glyph, _) in enumerate(row):
            if shape_without_font(glyph, 16, 32) is None:
                # A font may reach a little into the cells beside it.
                kept[y * 32 : y * 32 + 32, max(0, x * 16 - 16) : x * 16 + 32] = 0
    return kept


def svg_findings(recording: Recording, at_us: int, browser: Browser, folder: Path) -> Iterator[Finding]:
    """The SVG of a moment: its shapes, its letters, its seams, and its size in a table."""
    path = folder / "a.svg"
    export(recording, path, "svg", at_us=at_us)
    picture = picture_at(recording, at_us)
    size = (picture.width * 8, picture.height * 16)
    wanted = image(picture, recording.header).astype(int)
    seen = browser.screenshot(path, *size, scale=2).astype(int)
    shapes = np.abs(without_letters(picture, seen) - without_letters(picture, wanted))
    yield f"svg at {at_us / 1e6:g} s: shapes, largest difference of 255", float(shapes.max()), 0
    yield f"svg at {at_us / 1e6:g} s: letters, mean difference of 255", float(np.abs(seen - wanted).mean()), 6
    page = folder / "table.html"
    page.write_text(SIZE_PAGE, encoding="utf-8")
    said = browser.said(page)
    yield f"svg of {size[0]}x{size[1]} measures {said} in a table", float(said != f"{size[0]}x{size[1]}"), 0


def seam_findings(recording: Recording, browser: Browser, folder: Path) -> Iterator[Finding]:
    """A picture full of blocks at odd scales: every pixel has the colour of the blocks."""
    path = folder / "blocks.svg"
    export(recording, path, "svg")
    for scale in (1, 1.1, 1.37, 1.5, 1.9, 3.3):
        seen = browser.screenshot(path, 400, 300, scale=scale)
        inside = int(160 * scale) - 1
        seen = seen[:inside, :inside].reshape(-1, 3)
        yield f"svg of blocks at scale {scale}: colours", len(np.unique(seen, axis=0)), 1


def line_findings(browser: Browser, folder: Path) -> Iterator[Finding]:
    """Thin lines in a picture that is shown smaller: each is there."""
    row = tuple(cell("│" if x % 4 == 1 else " ", CellStyle(0xFFFFFF, 0)) for x in range(61))
    header = parse_header(header_line(RecordingSettings(width=61, height=4)))
    (folder / "lines.svg").write_text(svg(TerminalPicture(61, (row,) * 4), header), encoding="utf-8")
    for width in (480, 440, 401, 350, 300, 250):
        page = folder / "lines.html"
        page.write_text(f'<body style="margin:0"><img src="lines.svg" width="{width}">', encoding="utf-8")
        bright = browser.screenshot(page, 600, 300)[10, :width, 0].astype(int)
        places = [round((x * 8 + 4) * width / 488) for x in range(61) if x % 4 == 1]
        lost = sum(bright[max(0, place - 2) : place + 3].max() < 24 for place in places)
        yield f"svg shown {width} pixels wide: lost lines", lost, 0


def page_findings(
    recording: Recording, moments_us: list[int], browser: Browser, folder: Path
) -> Iterator[Finding]:
    """The page: its picture at some moments, and its keys."""
    path = folder / "a.html"
    export(recording, path, "html")
    text = path.read_text(encoding="utf-8")
    bare, used = folder / "bare.html", folder / "used.html"
    bare.write_text(text.replace("</body>", BARE_PICTURE), encoding="utf-8")
    used.write_text(text.replace("</body>", USED_PLAYER), encoding="utf-8")
    for at_us in moments_us:
        picture = picture_at(recording, at_us)
        wanted = image(picture, recording.header).astype(int)
        height, width = wanted.shape[:2]
        seen = browser.screenshot(bare, width, height, at=f"#t={at_us / 1e6}").astype(int)
        yield f"html at {at_us / 1e6:g} s: largest difference of 255", float(np.abs(seen - wanted).max()), 1
    end_s = recording.end_us / 1e6
    marks = sorted({event.time_us / 1e6 for event in recording.events if event.code == "m" and event.time_us})
    first = marks[0] if marks else end_s
    wanted_states = (
        f"end={end_s:.2f} home=0.00 right={min(5, end_s):.2f} left=0.00 next=0.03 previous=0.00 "
        f"marker={first:.2f} back=0.00 half={end_s / 2:.2f} play={end_s / 2:.2f}p pause={end_s / 2:.2f} "
        "speed=1.5 slider=1.00 theme=true"
    )
    said = browser.said(used)
    yield f"html keys: {said}", float(said != wanted_states), 0
    for theme in ("light", "dark"):
        shown = folder / f"page-{theme}.png"
        themed = folder / "themed.html"
        themed.write_text(
            text.replace("</body>", f"<script>setTimeout(() => setTheme('{theme}'), 500)</script></body>"),
            encoding="utf-8",
        )
        Image.fromarray(browser.screenshot(themed, 1200, 800, at="#t=1")).save(shown)
