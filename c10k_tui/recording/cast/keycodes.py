"""Keys as the characters that a terminal sends; the ``i`` events of a recording hold keys in this form.

A key is one printable ASCII character or one of :data:`NAMES`. A recording can hold no other key, so a file
of unknown origin cannot press other keys. Control characters are excluded: they open the command palette,
read the clipboard and interrupt the program.
"""

from __future__ import annotations

SEQUENCES: dict[str, str] = {
    "enter": "\r",
    "escape": "\x1b",
    "tab": "\t",
    "shift+tab": "\x1b[Z",
    "backspace": "\x7f",
    "delete": "\x1b[3~",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "pageup": "\x1b[5~",
    "pagedown": "\x1b[6~",
    "f1": "\x1bOP",
    "f2": "\x1bOQ",
    "f3": "\x1bOR",
    "f4": "\x1bOS",
    "f5": "\x1b[15~",
    "f6": "\x1b[17~",
    "f7": "\x1b[18~",
    "f8": "\x1b[19~",
    "f9": "\x1b[20~",
    "f10": "\x1b[21~",
    "f11": "\x1b[23~",
    "f12": "\x1b[24~",
}
"""Characters that xterm and compatible terminals send for each named key."""
NAMES = tuple(SEQUENCES)
_KEYS = {sequence: name for name, sequence in SEQUENCES.items()}

RECORD, PAUSE_RECORDING, MARK, QUIT = "r", "R", "M", "q"
"""The keys that control recording, and the key that quits."""


def is_key(key: str) -> bool:
    """True if a recording can hold this key."""
    return key in SEQUENCES or (len(key) == 1 and " " <= key <= "~")


def sequence_of(key: str) -> str:
    """The characters that a terminal sends for a key."""
    return SEQUENCES.get(key, key)


def key_of(sequence: str) -> str | None:
    """The key for which a terminal sends ``sequence``; None if a recording cannot hold it."""
    key = _KEYS.get(sequence, sequence)
    return key if is_key(key) else None
