"""Checks the terminal before a screen is shown, and the options ``--speed`` and ``--theme``.

Textual reads keys from standard input and draws on standard error, so all three standard streams must be the
terminal.
"""

from __future__ import annotations

import math
import os
import shutil
import sys

from c10k_tui.cli.options import UsageError
from c10k_tui.session.pacer import DEFAULT_SPEED, SPEEDS

MIN_COLUMNS, MIN_ROWS = 80, 24
"""Smallest terminal for which the screens have a layout, in cells."""

_SIGNS = "×─╭█⣿"
"""Signs of every screen: text, lines, blocks, braille."""
_RUN_INSTEAD = "run the race without a screen: c10k-tui run"


def check_terminal(instead: str = _RUN_INSTEAD) -> None:
    """Check that the screen can be shown.

    Args:
        instead: Words for what the user can do if no screen can be shown.

    Raises:
        UsageError: a standard stream is not a terminal, or the terminal cannot move the cursor, has no signs
            for the screen, or is too small.
    """
    for stream, name in ((sys.stdin, "input"), (sys.stdout, "output"), (sys.stderr, "error")):
        if stream is None or not stream.isatty():
            raise UsageError(f"standard {name} is not a terminal; {instead}")
    term = os.environ.get("TERM", "")
    if os.name == "posix" and term in ("", "dumb", "unknown"):
        raise UsageError(f"the terminal cannot move the cursor (TERM={term or 'is not set'}); {instead}")
    encoding = sys.stderr.encoding or "utf-8"
    if not _has_signs(encoding):
        raise UsageError(
            f"the encoding {encoding} has no signs for the screen; "
            f"choose a locale with UTF-8, such as LC_ALL=C.UTF-8, or {instead}"
        )
    check_size(MIN_COLUMNS, MIN_ROWS, instead, "the screen")


def check_size(width: int, height: int, instead: str, what: str = "the recording") -> None:
    """Check that the terminal has room for something.

    Args:
        width: Columns that it needs.
        height: Rows that it needs.
        instead: Words for what the user can do if there is no room.
        what: Words for what needs the room.

    Raises:
        UsageError: the terminal is too small.
    """
    # The same rule as Textual's: COLUMNS and LINES take precedence, and a terminal of unknown size is 80×24.
    columns, rows = shutil.get_terminal_size((MIN_COLUMNS, MIN_ROWS))
    if columns < width or rows < height:
        raise UsageError(
            f"the terminal is {columns}×{rows}, but {what} needs {width}×{height}; enlarge it, or {instead}"
        )


def _has_signs(encoding: str) -> bool:
    try:
        _SIGNS.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def speed_of(text: str | None) -> float | None:
    """The value of ``--speed``: a number (see :mod:`c10k_tui.session.pacer`), or None for ``max``.

    Raises:
        UsageError: neither ``max`` nor a number in the range of :data:`~c10k_tui.session.pacer.SPEEDS`.
    """
    if text is None:
        return DEFAULT_SPEED
    if text == "max":
        return None
    rungs = [rung for rung in SPEEDS if rung is not None]
    slowest, fastest = min(rungs), max(rungs)
    try:
        speed = float(text)
    except ValueError:
        speed = math.nan
    if not slowest <= speed <= fastest:  # refuses NaN too
        raise UsageError(f"--speed must be a number from {slowest:g} to {fastest:g}, or max, not {text!r}")
    return speed


def theme_of(text: str | None) -> str | None:
    """The value of ``--theme``; None leaves the choice to the app.

    Raises:
        UsageError: there is no theme of this name.
    """
    if text is None:
        return None
    from c10k_tui.text.themes import themes

    names = [theme.name for theme in themes()]
    if text not in names:
        raise UsageError(f"there is no theme {text!r}; choose from {', '.join(names)}")
    return text
