"""Draws what a terminal sends: keys, clicks, wheels, drags, pastes, sizes, and several of them in one read.

An act is a tuple of text, so a failure can be printed and typed in again:

- ``("read", text)``: the characters of one read,
- ``("size", width, height)``: a new size of the terminal, in cells,
- ``("time", seconds)``: time passes.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Literal

Act = tuple[Literal["read"], str] | tuple[Literal["size"], int, int] | tuple[Literal["time"], float]

ESCAPE = "\x1b[27u"
"""The escape key of the kitty protocol. A lone ``ESC`` would be read as a part of the next key."""
SPECIAL = {
    "up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D",
    "home": "\x1b[H", "end": "\x1b[F", "pageup": "\x1b[5~", "pagedown": "\x1b[6~", "delete": "\x1b[3~",
    "f1": "\x1bOP", "f2": "\x1bOQ", "f3": "\x1bOR", "f4": "\x1bOS", "f5": "\x1b[15~", "f6": "\x1b[17~",
    "escape": ESCAPE, "enter": "\r", "tab": "\t", "shift+tab": "\x1b[Z", "backspace": "\x7f", "space": " ",
    "ctrl+p": "\x10", "ctrl+c": "\x03", "ctrl+a": "\x01", "ctrl+u": "\x15", "ctrl+w": "\x17",
    "kitty A": "\x1b[97;2;65u", "kitty plus": "\x1b[57413u", "alt+x": "\x1bx",
}  # fmt: skip
KEYS = (*map(chr, range(33, 127)), *SPECIAL.values())
ENDING = frozenset("q")
"""Keys that may end the app. They are drawn less often than others."""
ODD = (
    "\x1b[200~pasted 12\r\x1b[201~", "\x1b[I", "\x1b[O", "é", "한", "🔎", "\ufffd", "\x00", "\x1b[99;99~",
    "\x1b[?2026;2$y", "\x1b[48;0;0;0;0t", "\x1b[48;24;80;480;960t",
)  # fmt: skip
"""Pastes, changes of focus, other signs, and reports of the terminal."""
SIZES = (
    (120, 36), (120, 36), (80, 24), (80, 24), (80, 24), (80, 24), (60, 20), (10, 3), (10, 3), (1, 1), (2, 40),
    (200, 1), (81, 25), (160, 46),
)  # fmt: skip
LARGE = (500, 200)
"""A size that takes long to draw, and so is drawn seldom."""
FIRST_SIZE = SIZES[0]


def keys_twice() -> Iterator[str]:
    """Every key twice, as one read."""
    for key in KEYS:
        yield key * 2


class Typist:
    """Draws acts.

    Args:
        dice: Decides everything.
        keys: Keys to draw from.
    """

    def __init__(self, dice: Random, keys: tuple[str, ...] = KEYS) -> None:
        self._dice = dice
        self._keys = tuple(key for key in keys if key not in ENDING or dice.random() < 0.1)
        self._width, self._height = FIRST_SIZE

    def act(self) -> Act:
        """The next act."""
        what = self._dice.random()
        if what < 0.06:
            large = self._dice.random() < 0.02
            self._width, self._height = LARGE if large else self._dice.choice(SIZES)
            return ("size", self._width, self._height)
        if what < 0.12:
            return ("time", self._dice.choice((0.04, 0.1, 0.3)))
        return ("read", "".join(self._some() for _ in range(self._dice.choice((1, 2, 4, 8, 16)))))

    def _some(self) -> str:
        dice = self._dice
        what = dice.random()
        if what < 0.45:
            return dice.choice(self._keys)
        if what < 0.65:
            return dice.choice(self._keys) * 2
        if what < 0.68:
            return dice.choice(ODD)
        return self._mouse()

    def _mouse(self) -> str:
        dice = self._dice
        x, y = dice.randint(1, self._width + 2), dice.randint(1, self._height + 2)
        button = dice.choice((0, 0, 0, 1, 2))
        press, release = f"\x1b[<{button};{x};{y}M", f"\x1b[<{button};{x};{y}m"
        what = dice.randrange(6)
        if what == 0:
            return press + release
        if what == 1:
            return (press + release) * 2
        if what == 2:
            return f"\x1b[<{dice.choice((64, 65))};{x};{y}M" * dice.choice((1, 5))
        if what == 3:
            return f"\x1b[<35;{x};{y}M"
        if what == 4:
            return dice.choice((press, release))
        to_x, to_y = dice.randint(1, self._width + 2), dice.randint(1, self._height + 2)
        return f"{press}\x1b[<{button + 32};{to_x};{to_y}M\x1b[<{button};{to_x};{to_y}m"


def events_in(act: Act) -> int:
    """Number of keys and mouse events in an act, at least 1."""
    if act[0] != "read":
        return 1
    text = act[1]
    sequences = text.count("\x1b")
    plain = sum(1 for part in text.split("\x1b")[0] if part)
    return max(1, sequences + plain)
