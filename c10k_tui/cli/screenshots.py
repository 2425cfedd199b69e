"""Draws the pictures of the screens and the demos. One version of the program always makes the same files.

``python -m c10k_tui.cli.screenshots [DIR]`` draws the race screen at two sizes and in two themes, with other
lanes and with a fault; the curve screen with simulated lines and with a paper's points; the comparison, the
capacities, the path of a packet, and the event loop of a script (see :mod:`c10k_tui.app.pictures`). It
records the demos, whose keys are in that folder as ``NAME.keys``, into ``NAME.gif`` and ``NAME.png``.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Coroutine
from dataclasses import dataclass
from pathlib import Path

from c10k_tui.app.pictures import curve_picture, loop_picture, opened_picture, race_picture
from c10k_tui.cli.interruption import print_interrupted
from c10k_tui.cli.progress import showing_progress
from c10k_tui.session.pacer import FRAMES_PER_S
from sim.scenario.fault_presets import FAULT_PRESETS
from sim.scenario.scenario import Scenario

SIZES = ((120, 36), (80, 24))
THEMES = ("c10k-dark", "c10k-light")
DARK = (120, 36, "c10k-dark")
RACES = {
    "four-lanes": Scenario(lanes=("thread", "select", "epoll", "io_uring")),
    "starved": FAULT_PRESETS["no-drain"][1],
}
"""Races other than the default, by the name of their picture."""
CURVES: dict[str, tuple[str, ...]] = {"curve": (), "curve-kerrisk": ("p",)}
"""Pictures of the curve screen, and the keys pressed for each."""
OPENED: dict[str, tuple[str, ...]] = {
    "compare": ("w",),
    "capacity": ("m",),
    "path": ("g", *["n"] * 8),
}
"""Pictures of other screens, and the keys pressed from the race screen on."""
EXAMPLES = Path(__file__).parents[2] / "examples"
_PICTURES = 0.2
"""Part of the work that is pictures; the demos take longer."""
CULPRIT_TURN = 9
"""The turn of the example in which a callback holds up the loop."""


@dataclass(frozen=True, slots=True)
class DemoRecording:
    """A recording shown in the documentation."""

    name: str
    """Name of the file with its keys, and of its pictures."""
    scenario: Scenario
    speed: float
    title: str
    shown_at_us: int
    """Time of the still picture, in microseconds."""


DEMOS = (
    DemoRecording("c10k-in-30-seconds", Scenario(), 2.0, "C10K in 30 seconds", 7_000_000),
    DemoRecording(
        "from-16-to-1000000", Scenario(fds=16), 10.0, "From 16 descriptors to 1,000,000", 23_000_000
    ),
    DemoRecording("when-epoll-does-not-win", Scenario(fds=16), 10.0, "When epoll does not win", 11_000_000),
)


def record_demo(demo: DemoRecording, folder: Path, cast: Path) -> None:
    """Record a demo whose keys are in ``folder``."""
    from c10k_tui.app.headless import record
    from c10k_tui.recording.cast.key_script import parse_script
    from c10k_tui.recording.cast.settings import RecordingSettings, RecordingStart

    keys = (folder / f"{demo.name}.keys").read_text(encoding="utf-8")
    settings = RecordingSettings(
        start=RecordingStart(demo.scenario), speed=demo.speed, caption=True, title=demo.title
    )
    record(cast, settings, parse_script(keys, FRAMES_PER_S))


def show_demo(demo: DemoRecording, folder: Path) -> list[Path]:
    """Record a demo, draw its pictures, and return their files."""
    from c10k_tui.recording.cast.reader import read
    from c10k_tui.recording.pictures.export import export

    with tempfile.TemporaryDirectory() as scratch:
        cast = Path(scratch) / f"{demo.name}.cast"
        record_demo(demo, folder, cast)
        recording = read(cast)
    drawn = []
    for form, at_us in (("gif", None), ("png", demo.shown_at_us)):
        drawn.append(folder / f"{demo.name}.{form}")
        export(recording, drawn[-1], form, at_us=at_us, begin_us=None, end_us=None, speed=1.0)
    return drawn


def main(folder: str = "screenshots") -> int:
    """Draw all pictures into a folder, and print their names.

    Returns:
        The exit code, 0; 130 after Ctrl-C.
    """
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    pictures: dict[str, Coroutine[object, object, str]] = {
        f"race-{width}x{height}-{theme.removeprefix('c10k-')}": race_picture(width, height, theme)
        for width, height in SIZES
        for theme in THEMES
    }
    for name, keys in CURVES.items():
        pictures[f"{name}-120x36-dark"] = curve_picture(*DARK, *keys)
    for name, scenario in RACES.items():
        pictures[f"{name}-120x36-dark"] = race_picture(*DARK, scenario=scenario)
    for name, keys in OPENED.items():
        pictures[f"{name}-120x36-dark"] = opened_picture(*DARK, *keys)
    pictures["loop-120x36-dark"] = loop_picture(*DARK, EXAMPLES / "blocking.py", CULPRIT_TURN, "c")
    demos = [demo for demo in DEMOS if (target / f"{demo.name}.keys").is_file()]
    done = 0
    try:
        with showing_progress("screenshots") as line:
            for done, (name, drawn) in enumerate(pictures.items()):
                line.report(_PICTURES * done / len(pictures), name)
                path = target / f"{name}.svg"
                path.write_text(asyncio.run(_whole(drawn)), encoding="utf-8")
                with line.erased():
                    print(path)
            for number, demo in enumerate(demos):
                done = len(pictures) + number
                line.report(_PICTURES + (1 - _PICTURES) * number / len(demos), demo.name)
                files = show_demo(demo, target)
                with line.erased():
                    print(*files, sep="\n")
    except KeyboardInterrupt:
        for drawn in pictures.values():
            drawn.close()
        return print_interrupted(f"after {done} of {len(pictures) + len(demos)} pictures and demos")
    return 0


async def _whole(drawn: Coroutine[object, object, str]) -> str:
    return await drawn


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
