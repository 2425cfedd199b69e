"""One line on the error output that says what is being found out, if that is a terminal."""

from __future__ import annotations

import sys

_CLEAR_LINE = "\r\x1b[K"


def told(words: str) -> bool:
    """Say it in place of what was said last, nothing if there are no words; whether anybody watches."""
    if not sys.stderr.isatty():
        return False
    sys.stderr.write(_CLEAR_LINE + words)
    sys.stderr.flush()
    return True
