"""Pages and pictures in headless Chromium: a screenshot of one, and a value that a page computes."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from html import unescape
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

NAMES = ("chromium", "chromium-browser", "google-chrome")
PATIENCE_S = 60
PAGE_TIME_MS = 3_000
"""Time that passes in a page before it is looked at; the browser does not wait for it."""


class Browser:
    """Headless Chromium with an empty profile. It may load files only."""

    def __init__(self, program: str, scratch: Path) -> None:
        self._program = program
        self._scratch = scratch

    def screenshot(
        self, page: Path, width: int, height: int, scale: float = 1, at: str = ""
    ) -> NDArray[np.uint8]:
        """The pixels of a window of ``width`` by ``height`` CSS pixels, ``scale`` pixels for each."""
        out = self._scratch / "window.png"
        out.unlink(missing_ok=True)
        self._run(
            page,
            at,
            f"--screenshot={out}",
            f"--window-size={width},{height}",
            f"--force-device-scale-factor={scale}",
        )
        return np.asarray(Image.open(out).convert("RGB"))

    def said(self, page: Path, width: int = 1200, height: int = 800, at: str = "") -> str:
        """The text that a page has put into its element ``said``."""
        text = self._run(page, at, "--dump-dom", f"--window-size={width},{height}")
        return unescape(text.partition('id="said">')[2].partition("</")[0])

    def _run(self, page: Path, at: str, *options: str) -> str:
        with tempfile.TemporaryDirectory() as profile:
            done = subprocess.run(
                [
                    *(self._program, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"),
                    *("--host-resolver-rules=MAP * ~NOTFOUND", f"--user-data-dir={profile}"),
                    *(f"--virtual-time-budget={PAGE_TIME_MS}", *options, f"{page.as_uri()}{at}"),
                ],
                capture_output=True,
                text=True,
                timeout=PATIENCE_S,
                check=True,
            )
        return done.stdout


def installed(*names: str) -> str | None:
    """The first of these programs that is installed."""
    return next(filter(None, map(shutil.which, names)), None)
