"""Text for output streams whose encoding may lack ``µ`` and ``×`` (``LC_ALL=C``, latin-1, EUC-KR).

:func:`write_plainly` lets both streams replace each character that they cannot encode, so no text can end a
command with an error. :func:`encodable` replaces such characters in a whole table, where columns must stay in
line.
"""

from __future__ import annotations

import codecs
import io
import sys
import unicodedata

_ASCII = {"µ": "u", "×": "x", "–": "-", "·": "|", "÷": "/"}
"""Signs of one character, for tables."""
_IN_ASCII = str.maketrans(_ASCII)
_LONGER = {"…": "...", "→": "->", "←": "<-", "↑": "up", "↓": "down", "≤": "<=", "≥": ">=", "±": "+-"}
_LINES = {**dict.fromkeys("─━┄┈", "-"), **dict.fromkeys("│┃┊", "|"), **dict.fromkeys("┌┐└┘├┤┬┴┼╭╮╰╯", "+")}
_PLAIN = {**_ASCII, **_LONGER, **_LINES, "—": "-", "‘": "'", "’": "'", "“": '"', "”": '"'}
_HANDLER = "c10k_tui.plain"
_ESCAPED = range(0xDC80, 0xDD00)
"""Stand-ins for bytes of the command line that are not text (Python's ``surrogateescape``)."""


def _replacement(error: UnicodeError) -> tuple[str | bytes, int]:
    """The replacement of a character that a stream cannot encode. An escaped byte is written as itself."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    character = error.object[error.start]
    if ord(character) in _ESCAPED and "a".encode(error.encoding) == b"a":
        return bytes([ord(character) - 0xDC00]), error.start + 1
    plain = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    return _PLAIN.get(character) or plain or "?", error.start + 1


def write_plainly() -> None:
    """Let standard output and standard error replace what they cannot encode."""
    codecs.register_error(_HANDLER, _replacement)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_HANDLER)


def encodable(text: str) -> str:
    """The text with only characters that standard output can encode; unchanged if it can encode all of
    them.
    """
    encoding = sys.stdout.encoding or "ascii"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        text = text.translate(_IN_ASCII)
        return text.encode(encoding, "replace").decode(encoding)
    return text


def has_rich_output(signs: str) -> bool:
    """True if standard output is a terminal that can encode ``signs``. Then Rich may print a table."""
    return sys.stdout.isatty() and encodable(signs) == signs


def times(ratio: float) -> str:
    """``402×``, ``1.8×``, ``0.25×``."""
    if ratio >= 9.95:
        return f"{ratio:,.0f}×"
    if ratio >= 0.95:
        return f"{ratio:.1f}×"
    return f"{ratio:.2f}×" if ratio >= 0.095 else f"{ratio:.2g}×"
