"""The kernel below a watched script: descriptors, the ready list, and arrivals."""

from __future__ import annotations

from collections.abc import Sequence

from c10k_tui.text.glyphs import ARROW, ELLIPSIS, FULL, IDLE, READY
from c10k_tui.text.messages import N_, _
from c10k_tui.text.styled_text import Line, Span, clip, merged, width_of
from sim.scenario.units import format_bytes, format_duration
from sim.scripts.descriptors import Descriptor
from sim.scripts.kernel_feed import FeedRow
from sim.scripts.loop_frame import LoopFrame

WITH_TIMES = 40
"""Width from which rows of the feed have room for their times."""
LETTERS = {
    "epoll": "e",
    "listening": "l",
    "connected": "c",
    "connecting": "s",
    "socket": "s",
    "self-pipe": "w",
    "pair": "u",
    "pipe": "p",
    "eventfd": "v",
    "timer": "t",
}
LEGEND = (
    ("e", "epoll"),
    ("l", "listening"),
    ("c", "connected"),
    ("s", "socket"),
    ("w", N_("loop's own wake-up")),
    ("u", "socketpair"),
    ("p", "pipe"),
    ("v", "eventfd"),
    ("t", "timerfd"),
)
CELL = 7
"""Width of a grid cell with a descriptor's number."""


def look_of(descriptor: Descriptor) -> tuple[str, str]:
    """Glyph and role of a descriptor."""
    if descriptor.unsent_bytes:
        return FULL, "wasted"
    if descriptor.listed and descriptor.ready:
        return READY, "ready"
    if descriptor.unread_bytes:
        return READY, "heat-2"
    return IDLE, "idle" if descriptor.watched or descriptor.kind == "epoll" else "frame"


def kernel_title(frame: LoopFrame) -> str:
    """The title of the panel."""
    count = len(frame.descriptors)
    return _("the kernel · {count:,} descriptor{words}", count=count, words="" if count == 1 else "s")


def kernel_lines(frame: LoopFrame, width: int, height: int, marked: int | None = None) -> list[Line]:
    """Grid, legend and ready list in ``height`` rows.

    Args:
        frame: The script at this moment.
        width: Cells.
        height: Rows.
        marked: The descriptor that the chosen task waits for; None for none.
    """
    if width < 1:  # hidden: the terminal is too small
        return []
    room = max(1, height - 2)
    if len(frame.descriptors) <= room:
        grid = [_row(one, width, marked) for one in frame.descriptors]
        return [*grid, *[()] * (height - 1 - len(grid)), ready_line(frame, width)]
    grid = _grid(frame.descriptors, width, room, marked)
    blank: list[Line] = [()] * (room - len(grid))
    return [*grid, *blank, legend_line(frame.descriptors, width), ready_line(frame, width)][-height:]


def _row(one: Descriptor, width: int, marked: int | None) -> Line:
    """A descriptor in words; used while each descriptor has its own row."""
    glyph, role = look_of(one)
    words = {"self-pipe": _("wakes the loop"), "connected": _("connected to {peer}", peer=one.peer)}.get(
        one.kind, one.kind
    )
    if one.kind == "connected" and one.peer < 0:
        words = _("far end closed")
    quiet = role in ("idle", "frame")
    spans: list[Span] = [
        (f"{one.fd:>4}", "cursor" if one.fd == marked else "strong" if quiet else role),
        (f" {glyph} ", role),
        (words, "dim" if quiet else "text"),
    ]
    if one.kind == "listening" and one.unread_bytes:
        spans.append((_(" · {unread_bytes} to accept", unread_bytes=one.unread_bytes), "ready"))
    elif one.unread_bytes:
        spans.append((_(" · {unread_bytes} to read", unread_bytes=format_bytes(one.unread_bytes)), "ready"))
    if one.unsent_bytes:
        spans.append((_(" · {unsent_bytes} unsent", unsent_bytes=format_bytes(one.unsent_bytes)), "wasted"))
    return clip(tuple(spans), width)


def _grid(descriptors: Sequence[Descriptor], width: int, rows: int, marked: int | None) -> list[Line]:
    columns = max(1, width // CELL)
    if len(descriptors) <= columns * rows:
        return [
            tuple(span for one in descriptors[at : at + columns] for span in _cell(one, marked))
            for at in range(0, len(descriptors), columns)
        ]
    block = -(-len(descriptors) // max(1, width * rows))
    cells = [_block(descriptors[at : at + block], marked) for at in range(0, len(descriptors), block)]
    return [merged(cells[at : at + width]) for at in range(0, len(cells), width)]


def _cell(descriptor: Descriptor, marked: int | None) -> Line:
    glyph, role = look_of(descriptor)
    number = f"{descriptor.fd:>4}{LETTERS[descriptor.kind]}"
    shown = "cursor" if descriptor.fd == marked else "text" if role in ("idle", "frame") else role
    return ((number, shown), (glyph, role), (" ", "text"))


def _block(descriptors: Sequence[Descriptor], marked: int | None) -> Span:
    """Several descriptors in one cell: the most important one is shown."""
    if any(one.fd == marked for one in descriptors):
        return next(look_of(one)[0] for one in descriptors if one.fd == marked), "cursor"
    loudest = max(descriptors, key=lambda one: (bool(one.unsent_bytes), one.listed, one.unread_bytes > 0))
    return look_of(loudest)


def legend_line(descriptors: Sequence[Descriptor], width: int) -> Line:
    """The meaning of the glyphs and letters in the grid, as many as fit."""
    there = {LETTERS[one.kind] for one in descriptors}
    spans: list[Span] = [(READY, "ready"), (_(" ready "), "dim")]
    if any(one.unsent_bytes for one in descriptors):
        spans += [(FULL, "wasted"), (_(" cannot send "), "dim")]
    for letter, words in LEGEND:
        if letter in there and width_of(spans) + len(words) + 3 <= width:
            spans += [(letter, "text"), (f" {words} ", "dim")]
    return clip(tuple(spans), width)


def ready_line(frame: LoopFrame, width: int) -> Line:
    """The ready list in its order; the next epoll_wait drops stale entries."""
    spans: list[Span] = [(_("ready list "), "epoll")]
    if not frame.ready:
        return (*spans, (_("empty"), "dim"))
    shown = 0
    for fd, ready in frame.ready:
        words = f"{ARROW}{fd}" if ready else _("{arrow}{fd} stale", arrow=ARROW, fd=fd)
        if width_of(spans) + len(words) + 8 > width:
            break
        spans += [(words, "ready" if ready else "dim"), (" ", "text")]
        shown += 1
    if shown < len(frame.ready):
        spans.append(
            (_("{ellipsis} {ready:,} more", ellipsis=ELLIPSIS, ready=len(frame.ready) - shown), "dim")
        )
    return clip(tuple(spans), width)


# -- the feed --------------------------------------------------------------------------------------


def feed_lines(rows: Sequence[FeedRow], width: int) -> list[Line]:
    """Events of the kernel, the newest last."""
    return [_feed_line(row, width) for row in rows]


def _feed_line(row: FeedRow, width: int) -> Line:
    moment = f"{row.time_ns / 1e6:>10,.3f} " if width >= WITH_TIMES else ""
    words = _("ready list") if width >= 36 else "list"
    listed: tuple[Span, ...] = ((f" {ARROW} {words}", "epoll"),) if row.listed else ()
    return clip(((moment, "dim"), *_event_spans(row), *listed), width)


def _event_spans(row: FeedRow) -> tuple[Span, ...]:
    if row.kind == "segment":
        to = f"fd {row.fd}" if row.fd >= 0 else "nobody"
        return (f"fd {row.source}{ARROW}", "dim"), (to, "strong"), (f" {format_bytes(row.size)}", "text")
    if row.kind == "wait":
        slept = (
            _("slept {slept_ns}", slept_ns=format_duration(row.slept_ns)) if row.slept_ns else "epoll_wait"
        )
        return (slept, "epoll"), (
            _(": {size} ready", size=row.size) if row.size else _(": a timer is due"),
            "text",
        )
    words = {
        "connection": _("a connection"),
        "end": _("end of file"),
        "space": _("room to send"),
        "data": "data",
        "accept": "accepted",
    }[row.kind]
    return (f"fd {row.fd}", "strong"), (f" {words}", "text")


def feed_title(made: int, shown: int, width: int) -> str:
    """The title of the panel, with the number of earlier events."""
    title = _("what arrives, ms") if width >= WITH_TIMES else _("what arrives")
    return title if made <= shown else _("{title} · {made:,} earlier", title=title, made=made - shown)
