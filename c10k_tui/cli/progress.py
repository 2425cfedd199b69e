"""Progress on standard error. Nothing is shown if standard error is not a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager

ProgressReport = Callable[[float, str], None]
"""Takes the finished part, 0 … 1, and words for the next step."""
_CLEAR_LINE = "\r\x1b[K"


def show_line(words: str) -> bool:
    """Replace the line shown last; empty words clear it. Returns False if standard error is not a
    terminal.
    """
    if not sys.stderr.isatty():
        return False
    sys.stderr.write(_CLEAR_LINE + words)
    sys.stderr.flush()
    return True


@contextmanager
def progress_bar(title: str) -> Generator[ProgressReport, None, None]:
    """Show a bar while the block runs; call the yielded report to move it."""
    if not sys.stderr.isatty():
        yield lambda done, what: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn(title), BarColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=1.0)

        def report(done: float, what: str) -> None:
            bar.update(task, completed=done, description=what)

        yield report
