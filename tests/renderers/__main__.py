"""Exports in the programs of others, beside the PNG of the same moment.

``python -m tests.renderers [FOLDER]``: Chromium draws the SVG and plays the page, ffmpeg encodes and decodes
the videos, tmux shows the recording. The recording has changes of theme and of size. A program that is not
installed is named, and the exit code is 2; it is 1 if a difference is too large. With a folder, the exported
files and pictures of the page stay there.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from c10k_tui.app.headless import record
from c10k_tui.recording.cast.header import header_line, parse_header
from c10k_tui.recording.cast.key_script import parse_script
from c10k_tui.recording.cast.lines import CastEvent
from c10k_tui.recording.cast.reader import Recording, read
from c10k_tui.recording.cast.replay import Resize
from c10k_tui.recording.cast.settings import RecordingSettings
from c10k_tui.recording.live.encoder import whole
from c10k_tui.recording.pictures.styled_cells import CellStyle, TerminalPicture, cell
from tests.renderers.browser import NAMES, Browser, installed
from tests.renderers.in_browser import Finding, line_findings, page_findings, seam_findings, svg_findings
from tests.renderers.in_terminal import tmux_findings
from tests.renderers.in_video import video_findings

KEYS = "wait 500ms; M; wait 300ms; t; wait 300ms; L; wait 200ms; escape; t; wait 700ms; v; wait 400ms"
RESIZES = (Resize(20, 100, 30), Resize(33, 131, 41), Resize(50, 80, 24), Resize(64, 119, 36))
MOMENTS_US = [0, 600_000, 1_000_000, 1_600_000, 2_300_000]


def main(words: list[str]) -> int:
    """Compare everything. Returns the exit code."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(words[0]) if words else Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        missing, wrong = [], 0
        chromium, ffmpeg, tmux = installed(*NAMES), installed("ffmpeg"), installed("tmux")
        recording = _recording(folder / "a.cast")
        parts: list[Iterator[Finding]] = []
        if chromium is None:
            missing.append("chromium")
        else:
            browser = Browser(chromium, Path(scratch))
            parts += [svg_findings(recording, at_us, browser, folder) for at_us in MOMENTS_US]
            parts += [
                seam_findings(_blocks(), browser, folder),
                line_findings(browser, folder),
                page_findings(recording, MOMENTS_US, browser, folder),
            ]
        if ffmpeg is None:
            missing.append("ffmpeg")
        else:
            parts.append(video_findings(recording, MOMENTS_US, ffmpeg, folder))
        if tmux is None:
            missing.append("tmux")
        else:
            parts.append(tmux_findings(recording, tmux, Path(scratch), looks=20))
        for what, found, limit in chain.from_iterable(parts):
            right = found <= limit
            wrong += not right
            print(f"{'ok   ' if right else 'WRONG'}  {what}: {found:.3g} (at most {limit:g})", flush=True)
        for name in missing:
            print(f"not compared: {name} is not installed")
    return 1 if wrong else 2 if missing else 0


def _recording(path: Path) -> Recording:
    settings = RecordingSettings(title="Made to be compared")
    record(path, settings, parse_script(KEYS, settings.frames_per_s), RESIZES, force=True)
    return read(path)


def _blocks() -> Recording:
    """A screen full of blocks in one colour."""
    style = CellStyle(0x00AF5F, 0x121212)
    row = tuple(cell("█" if x % 2 else " ", style if x % 2 else CellStyle(0, 0x00AF5F)) for x in range(20))
    picture = TerminalPicture(20, (row,) * 10)
    header = parse_header(header_line(RecordingSettings(width=20, height=10)))
    return Recording(header, (CastEvent(0, "o", whole(picture)),))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
