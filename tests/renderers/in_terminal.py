"""A recording in tmux, resized when the recording says so, compared cell by cell with our emulator."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from c10k_tui.recording.cast.reader import Recording
from c10k_tui.recording.pictures.export import pictures
from tests.support.pyte_terminal import Emulated, Seen, as_seen

PATIENCE_S = 5.0
"""Time after which a terminal that does not show the picture is taken to show another one."""


class Pane:
    """A terminal of tmux that shows what is written to it."""

    def __init__(self, tmux: str, folder: Path, width: int, height: int) -> None:
        self._tmux = [tmux, "-L", f"c10k-renderers-{os.getpid()}", "-f", "/dev/null"]
        pipe = folder / "pane"
        os.mkfifo(pipe)
        self._run(
            "new-session", "-d", "-x", str(width), "-y", str(height), f"stty raw -echo; exec cat '{pipe}'"
        )
        self._run("set-option", "-g", "status", "off")
        self._run("set-option", "-g", "window-size", "manual")
        self.resize(width, height)
        self._to = os.open(pipe, os.O_WRONLY)

    def _run(self, *words: str) -> str:
        return subprocess.run([*self._tmux, *words], capture_output=True, text=True, check=True).stdout

    def resize(self, width: int, height: int) -> None:
        self._run("resize-window", "-x", str(width), "-y", str(height))
        self._size = (width, height)

    def write(self, text: str) -> None:
        data = text.encode()
        while data:
            data = data[os.write(self._to, data) :]

    @property
    def rows(self) -> list[list[Seen]]:
        """The cells as :class:`Emulated` has them; it reads the colours in what tmux tells."""
        told = self._run("capture-pane", "-p", "-e", "-N").rstrip("\n").split("\n")
        reader = Emulated(*self._size)
        for y, line in enumerate(told[: self._size[1]]):
            reader.write(f"\x1b[{y + 1};1H{line}")
        return reader.rows

    def close(self) -> None:
        self._run("kill-server")
        os.close(self._to)


def tmux_findings(
    recording: Recording, tmux: str, folder: Path, looks: int
) -> Iterator[tuple[str, float, float]]:
    """Compare ``looks`` moments spread over the recording, and each moment after a change of size."""
    shown = dict(pictures(recording))
    times = sorted(shown)
    wanted = set(times[:: max(1, len(times) // looks)]) | {times[-1]}
    wanted |= {event.time_us for event in recording.events if event.code == "r"}
    pane = Pane(tmux, folder, recording.header.width, recording.header.height)
    compared = different = 0
    try:
        events = list(recording.events)
        for number, event in enumerate(events):
            if event.code == "r":
                pane.resize(*map(int, event.data.split("x")))
            elif event.code == "o":
                pane.write(event.data)
            last = number + 1 == len(events) or events[number + 1].time_us > event.time_us
            if last and event.time_us in wanted and event.time_us in shown:
                expected = as_seen(shown[event.time_us])
                compared += len(expected) * len(expected[0])
                different += _difference(pane, expected)
    finally:
        pane.close()
    yield f"tmux: cells of {compared:,} that differ", different, 0


def _difference(pane: Pane, expected: list[list[Seen]]) -> int:
    """Number of cells that differ once the terminal has had time to show them."""
    given_up = time.monotonic() + PATIENCE_S
    while True:
        seen = pane.rows
        cells = zip(chain.from_iterable(seen), chain.from_iterable(expected), strict=True)
        differ = sum(one != other for one, other in cells)
        if not differ or time.monotonic() > given_up:
            return differ
        time.sleep(0.02)
