"""Text for standard output, whose encoding may lack ``µ`` and ``×`` (``PYTHONIOENCODING=ascii``)."""

from __future__ import annotations

import sys

_IN_ASCII = str.maketrans({"µ": "u", "×": "x", "–": "-", "·": "|", "÷": "/"})


def encodable(text: str, encoding: str | None = None) -> str:
    """The text with only characters that an encoding has; unchanged if it has all of them.

    Args:
        text: The text.
        encoding: The encoding; None for that of standard output.
    """
    encoding = encoding or sys.stdout.encoding or "ascii"
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
