"""The notation of keys in a user's script: ``wait 2s; +; wait 1s; space``.

Semicolons or new lines separate the steps; ``#`` starts a comment. A step is a key (``+``, ``space``, ``F2``,
``up``, ``semicolon``) or ``wait`` and a duration. A wait is rounded to whole frames, so a script means the
same on every machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches

from c10k_tui.recording.cast.keycodes import NAMES, QUIT, RECORD, is_key
from sim.scenario.units import parse_duration_ns

LONGEST_S = 600
"""Length of the longest recording, in seconds."""
_OTHER_NAMES = {
    "space": " ",
    "semicolon": ";",
    "hash": "#",
    "plus": "+",
    "minus": "-",
    "comma": ",",
    "full_stop": ".",
    "apostrophe": "'",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "question_mark": "?",
    "esc": "escape",
    "return": "enter",
}
"""Keys by their other names."""


class KeyScriptError(ValueError):
    """A step is not valid; the message names the step and the reason."""


@dataclass(frozen=True, slots=True)
class KeyPress:
    """A key and the number of the frame in which it is pressed."""

    frame: int
    key: str


@dataclass(frozen=True, slots=True)
class KeyScript:
    """Keys in the order of their frames, and the frame in which the script ends."""

    presses: tuple[KeyPress, ...] = ()
    frames: int = 0


def frames_of(text: str, frames_per_s: int) -> int:
    """A duration in frames, rounded to the nearest.

    Raises:
        KeyScriptError: the text is not a duration, or is longer than :data:`LONGEST_S`.
    """
    try:
        time_ns = parse_duration_ns(text)
    except ValueError as error:
        raise KeyScriptError(str(error)) from None
    if time_ns > LONGEST_S * 1_000_000_000:
        raise KeyScriptError(f"a recording can be at most {LONGEST_S}s long, not {text.strip()}")
    return (2 * time_ns * frames_per_s + 1_000_000_000) // 2_000_000_000


def parse_script(text: str, frames_per_s: int) -> KeyScript:
    """Parse a script.

    Raises:
        KeyScriptError: a step is neither a key nor a wait, or the script is longer than :data:`LONGEST_S`.
    """
    frame = 0
    presses: list[KeyPress] = []
    for number, line in enumerate(text.splitlines(), start=1):
        for step in _steps(line):
            try:
                if step.split()[0] == "wait":
                    frame += frames_of(step[4:].strip(), frames_per_s)
                else:
                    presses.append(KeyPress(frame, _key(step)))
            except KeyScriptError as error:
                where = f"line {number}: " if "\n" in text.strip() else ""
                raise KeyScriptError(f"{where}{error}") from None
            if frame > LONGEST_S * frames_per_s:
                raise KeyScriptError(
                    f"a recording can be at most {LONGEST_S}s long, and this script is longer"
                )
    return KeyScript(tuple(presses), frame)


def _steps(line: str) -> list[str]:
    steps = (step.strip() for step in line.partition("#")[0].split(";"))
    return [step for step in steps if step]


def _key(step: str) -> str:
    name = step if len(step) == 1 else step.lower()
    key = _OTHER_NAMES.get(name, name)
    if key in (RECORD, QUIT):
        raise KeyScriptError(f"{step!r} would end the recording; set its length with --for or wait")
    if is_key(key):
        return key
    close = get_close_matches(name, [*NAMES, *_OTHER_NAMES, "wait"], n=1)
    hint = f"did you mean {close[0]}?" if close else "a step is a key (+, space, F2, up) or wait 2s"
    raise KeyScriptError(f"there is no key {step[:40]!r}; {hint}")
