"""The parts from which the pictures of mechanisms are made: queues, gauges, and the wall around the kernel.

Each line is made for a width and is never longer. Several wordings of one line are ordered from the longest
to the shortest; the first that fits is used.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.cells import cell_len

from c10k_tui.text import glyphs
from c10k_tui.text.messages import _
from c10k_tui.text.styled_text import Line, clip, pad, width_of
from sim.frames.frame import LaneFrame
from sim.scenario.units import format_bytes

SEPARATOR = ("│", "dim")
WALL = ("┃", "dim")
"""Between the program and the kernel."""
WALL_WIDTH = 44
"""From this width on there is room for both sides of the wall."""


def words(text: str, role: str = "text") -> Line:
    """One span as a line."""
    return ((text, role),)


def fitting(choices: Iterable[Line], width: int) -> Line:
    """The first wording that fits; if none fits, the last one, cut to the width."""
    line: Line = ()
    for line in choices:
        if width_of(line) <= width:
            return line
    return clip(line, width)


def joined(parts: Sequence[Line], width: int, between: str = " · ") -> Line:
    """As many of the first parts as fit, separated by ``between``."""
    line: Line = ()
    for part in parts:
        longer = (*line, (between, "dim"), *part) if line else part
        if width_of(longer) > width:
            break
        line = longer
    return line or clip(parts[0], width)


def queue(length: int, shown: Sequence[object], width: int) -> Line:
    """A queue as boxes, its head at the left. If not all fit, the number of the others follows.

    Args:
        length: Number of entries.
        shown: Words for the first boxes; may be fewer than there is room for.
        width: Cells.
    """
    boxes: list[str] = []
    used = 1
    for index, value in enumerate(shown[:length]):
        text = str(value)
        rest = length - index - 1
        if used + cell_len(text) + 1 + (len(_more(rest)) if rest else 0) > width:
            break
        boxes.append(text)
        used += cell_len(text) + 1
    if not boxes:
        return ()
    line: list[tuple[str, str]] = [SEPARATOR]
    for text in boxes:
        line += [(text, "key"), SEPARATOR]
    if length > len(boxes):
        line.append((_more(length - len(boxes)), "dim"))
    return tuple(line)


def counted(label: str, count: int) -> Line:
    """A label and a number."""
    return ((f"{label} ", "text"), (f"{count:,}", "strong"))


def labelled_queue(label: str, length: int, shown: Sequence[object], width: int) -> Line:
    """A queue with its label and its length before it."""
    head = counted(label, length)
    room = width - width_of(head) - 1
    boxes = queue(length, shown, room) if length and room > 2 else ()
    return (*head, (" ", "text"), *boxes) if boxes else fitting((head, head[1:]), width)


def _more(count: int) -> str:
    return f" +{count:,}"


def gauge(part: int, whole: int, width: int, role: str) -> Line:
    """A bar filled to a share. Any share above zero fills a cell, and only the whole fills the last one."""
    if width <= 0:
        return ()
    filled = 0
    if part > 0 and whole > 0:
        filled = width if part >= whole else min(max(1, part * width // whole), width - 1)
    return tuple(
        span for span in ((glyphs.FULL * filled, role), (glyphs.IDLE * (width - filled), "idle")) if span[0]
    )


def arrow_in(label: str, load: str, width: int) -> Line:
    """Data that goes into the kernel: a label, then an arrow that points away from it and carries the load's
    words.
    """
    prefix = f"{label} " if label else ""
    return clip(((prefix, "text"), (_shaft(load, width - len(prefix)) + glyphs.PLAY, "wasted")), width)


def arrow_out(label: str, load: str, width: int) -> Line:
    """Data that comes out of the kernel: a label, then an arrow that points to it and carries the load's
    words.
    """
    prefix = f"{label} " if label else ""
    return clip(((prefix, "text"), (glyphs.BACK + _shaft(load, width - len(prefix)), "good")), width)


def _shaft(load: str, width: int) -> str:
    """An arrow without its head."""
    return load.center(max(0, width - 1), glyphs.AHEAD)


def bytes_words(count: int, room: int) -> str:
    """A number of bytes, exact, or rounded if there is less room."""
    exact = f"{count:,} B"
    return exact if len(exact) <= room else format_bytes(count)


def ranked(rows: Sequence[tuple[int, Line]], height: int) -> list[Line]:
    """The ``height`` rows with the lowest ranks, in their original order."""
    places = sorted(range(len(rows)), key=lambda place: rows[place][0])[: max(0, height)]
    return [rows[place][1] for place in sorted(places)]


def walled(program: Line, kernel: Line, width: int) -> Line:
    """A line with the program's side left of the wall and the kernel's side right."""
    left = program_width(width)
    return (*pad(program, left), WALL, (" ", "text"), *clip(kernel, width - left - 2))


def program_width(width: int) -> int:
    """Cells on the program's side of the wall."""
    return max(16, width * 2 // 5)


def kernel_width(width: int) -> int:
    """Cells on the kernel's side of the wall."""
    return width - program_width(width) - 2


def program_line(does: str, width: int, role: str = "text") -> Line:
    """The program's line: its action on the list."""
    return fitting((words(_("program: {does}", does=does), role), words(does, role)), width)


def memory_words(lane: LaneFrame, width: int) -> Line:
    """Memory that the connections take."""
    memory = lane.memory
    if memory is None:
        return ()
    each, used, limit = map(format_bytes, (memory.connection_bytes, memory.used_bytes, memory.limit_bytes))
    return fitting(
        (
            (
                (_("memory "), "text"),
                (used, "strong"),
                (_(" of {limit}: {each} a connection", limit=limit, each=each), "dim"),
            ),
            ((_("memory "), "text"), (used, "strong"), (_(": {each} each", each=each), "dim")),
            ((_("memory "), "text"), (used, "strong")),
        ),
        width,
    )
