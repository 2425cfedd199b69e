"""Keys as a terminal sends them: what the ``i`` events of a recording hold.

A key is one printable ASCII character, or a name of :data:`NAMES`. That is all a recording can hold, so
it is also all that a file can press: no control characters, which is where the command palette, the
clipboard and the interrupt are.
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
"""What xterm and its kin send for each key that has a name."""
NAMES = tuple(SEQUENCES)
_KEYS = {sequence: name for name, sequence in SEQUENCES.items()}

RECORD, PAUSE_RECORDING, MARK, QUIT = "r", "R", "M", "q"
"""The keys of recording itself, and the one that leaves."""


def is_key(key: str) -> bool:
    """Whether a recording can hold this key."""
    return key in SEQUENCES or (len(key) == 1 and " " <= key <= "~")


def sequence_of(key: str) -> str:
    """What a terminal sends for a key."""
    return SEQUENCES.get(key, key)


def key_of(sequence: str) -> str | None:
    """The key that a terminal means, or None if it is none that a recording holds."""
    key = _KEYS.get(sequence, sequence)
    return key if is_key(key) else None
