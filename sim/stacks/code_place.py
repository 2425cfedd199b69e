"""A line of a Python program: the current line of a frame, which is the program's own or the library's."""

from __future__ import annotations

import linecache
import sysconfig
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

STANDARD_LIBRARY = sysconfig.get_path("stdlib") + "/"
SIMULATOR = str(Path(__file__).parents[1]) + "/"


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a program."""

    file: str
    line: int
    function: str
    """The function's qualified name."""

    @property
    def in_library(self) -> bool:
        """True if the line belongs to the standard library or to the simulator, not to the program."""
        if self.file.startswith(SIMULATOR):
            return not Path(self.file).name.startswith("echo_")  # the example servers are programs
        return self.file.startswith(STANDARD_LIBRARY) and "site-packages" not in self.file

    @property
    def text(self) -> str:
        """The line's source without its indent; empty if the file cannot be read."""
        return one_line(linecache.getline(self.file, self.line).strip())

    def __str__(self) -> str:
        return f"{Path(self.file).name}:{self.line} in {self.function}"


def one_line(text: str) -> str:
    """Text of a script, safe to print on one line of a terminal: control characters become ``·``."""
    return "".join(char if char.isprintable() else "·" for char in text.expandtabs(4))


def place_of(frame: FrameType) -> Place:
    """The line at which a frame stands."""
    code = frame.f_code
    return Place(code.co_filename, frame.f_lineno or code.co_firstlineno, code.co_qualname)


def program_line(places: Iterable[Place]) -> Place | None:
    """The innermost line that is the program's own.

    Args:
        places: a stack, the outermost line first.

    Returns:
        The innermost line of all if none is the program's own; None for an empty stack.
    """
    stack = list(places)
    for place in reversed(stack):
        if not place.in_library:
            return place
    return stack[-1] if stack else None


def calling_line(frame: FrameType | None) -> Place | None:
    """The innermost line of the program among a frame and its callers.

    Returns:
        The frame's own line if no caller is the program's; None without a frame.
    """
    innermost: Place | None = None
    while frame is not None:
        place = place_of(frame)
        if not place.in_library:
            return place
        innermost = innermost or place
        frame = frame.f_back
    return innermost
