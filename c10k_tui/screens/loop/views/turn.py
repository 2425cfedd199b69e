"""A turn of the event loop as a ring (wait, timers, callbacks), with its current part highlighted.

The order is asyncio's (``BaseEventLoop._run_once``): the loop waits for descriptors, at most until its next
timer. Due timers join the callbacks of ready descriptors in the ready queue. Then each callback in the queue
runs once. Callbacks that become ready during a turn run in the next turn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from c10k_tui.text.glyphs import ARROW, ELLIPSIS, PLAY
from c10k_tui.text.messages import N_, _
from c10k_tui.text.styled_text import Line, Span, clip, pad, text_of, width_of, wrap
from sim.scenario.units import format_duration
from sim.scripts.loop_frame import LoopFrame

Phase = Literal["wait", "timers", "callbacks"]
PHASES: tuple[Phase, ...] = ("wait", "timers", "callbacks")
ROLES: dict[Phase, str] = {"wait": "epoll", "timers": "poll", "callbacks": "select"}
"""Role of each part, here and for tasks that wait for it."""
RING_ROWS = 9
LEAST_RING_WIDTH = 46
WIDEST_BOX = 28
SLEPT_NS = 10_000
"""A wait of more virtual ns than this has slept; the call itself takes less."""
_DONE, _TO_DO = "■", "□"

SENTENCES: dict[Phase, str] = {
    "wait": N_(
        "WAIT: the loop asks epoll who is ready, and sleeps until a descriptor is or a timer is due. "
        "Suspended tasks cost nothing meanwhile."
    ),
    "timers": N_(
        "TIMERS: those that are due join the ready queue, behind the callbacks of descriptors that "
        "epoll_wait has reported."
    ),
    "callbacks": N_(
        "CALLBACKS: one after the other, each task runs up to its next await. Until it gets there "
        "nobody else runs."
    ),
}
HELD_UP = N_(
    "HELD UP: a callback waited in the thread and not in its task. No other task could run meanwhile, "
    "whether it was ready or due."
)
NOT_BEGUN = N_("The script has made no event loop yet: asyncio.run makes one, and its turns are shown here.")


@dataclass(frozen=True, slots=True)
class TurnBox:
    """The text of one part of the turn, in its box."""

    phase: Phase
    rows: tuple[Line, Line]


def phase_of(frame: LoopFrame) -> Phase | None:
    """The current part of the turn; None between two turns, before the first and after the last."""
    if frame.held_up is not None:
        return "callbacks"
    if frame.over or frame.counters is None or frame.moment == "over":
        return None
    if frame.moment in ("wait", "timers"):
        return frame.moment
    return "callbacks"


def turn_lines(frame: LoopFrame, width: int, height: int, held_up: bool = False) -> list[Line]:
    """The ring; if there is room, also the ready queue and a sentence.

    Args:
        frame: The script at this moment.
        width: Cells.
        height: Rows.
        held_up: True if a callback holds up the loop now.
    """
    held_up = held_up or frame.held_up is not None
    ring = _ring if height >= RING_ROWS and width >= LEAST_RING_WIDTH else _short_ring
    lines = ring(frame, width, held_up)
    if height > len(lines):
        lines.append(queue_line(frame, width))
    if height > len(lines):
        lines += wrap((_sentence(frame),), width, height - len(lines))
    return lines[:height]


def _sentence(frame: LoopFrame) -> Span:
    if frame.counters is None:
        return _(NOT_BEGUN), "dim"
    if frame.held_up is not None:
        return _(HELD_UP), "alarm"
    phase = phase_of(frame)
    return (_(SENTENCES[phase]), "text") if phase is not None else ("", "text")


# -- the words ---------------------------------------------------------------------------------------


def parts(frame: LoopFrame) -> dict[Phase, TurnBox]:
    """The text of each part of the turn."""
    phase = phase_of(frame)
    return {
        "wait": TurnBox("wait", _wait_rows(frame, phase == "wait")),
        "timers": TurnBox("timers", _timer_rows(frame, phase == "timers")),
        "callbacks": TurnBox("callbacks", _callback_rows(frame, phase == "callbacks")),
    }


def _wait_rows(frame: LoopFrame, here: bool) -> tuple[Line, Line]:
    if here:
        if frame.queued:
            return ((_("does not sleep:"), "text"),), (
                (_("{queued:,} ready already", queued=frame.queued), "strong"),
            )
        if frame.next_timer_ns is None:
            return ((_("sleeps until a"), "text"),), ((_("descriptor is ready"), "strong"),)
        if frame.next_timer_ns <= frame.now_ns:
            return ((_("does not sleep:"), "text"),), ((_("a timer is due"), "strong"),)
        left = format_duration(frame.next_timer_ns - frame.now_ns)
        return ((_("sleeps until fd ready"), "text"),), ((_("or timer, in {left}", left=left), "strong"),)
    if frame.waited_ns is None:
        return (), ()
    if frame.waited_ns > SLEPT_NS:
        return ((_("slept, skipped over:"), "dim"),), ((f"» {format_duration(frame.waited_ns)}", "strong"),)
    return ((_("took {waited_ns}", waited_ns=format_duration(frame.waited_ns)), "dim"),), ()


def _timer_rows(frame: LoopFrame, here: bool) -> tuple[Line, Line]:
    count: Line = ((_("{timers:,} set", timers=frame.timers), "text"),)
    if here and frame.due:
        return ((_("{due:,} due {arrow} ready", due=frame.due, arrow=ARROW), "strong"),), count
    if frame.next_timer_ns is None:
        return count, ()
    left = frame.next_timer_ns - frame.now_ns
    return count, (
        (_("next {in_value}", in_value="in " + format_duration(left) if left > 0 else _("is due")), "dim"),
    )


def _callback_rows(frame: LoopFrame, here: bool) -> tuple[Line, Line]:
    counters = frame.counters
    if (culprit := frame.held_up) is not None:
        return ((_("held up for {spent_ns}", spent_ns=format_duration(culprit.spent_ns)), "alarm"),), (
            (culprit.name, "strong"),
        )
    if not here or counters is None:
        return ((_("{queued:,} ready", queued=frame.queued), "text" if frame.queued else "dim"),), ()
    number, size = counters.turn_callbacks + 1, max(frame.turn_size, counters.turn_callbacks + 1)
    bar = _DONE * number + _TO_DO * (size - number) if size <= 12 else ""
    words = _("{number:,} of {size:,}", number=number, size=size)
    return (
        ((f"{bar} " if bar else "", "select"), (words, "text")),
        ((f"{PLAY} {frame.running}", "strong"),) if frame.running else (),
    )


def queue_line(frame: LoopFrame, width: int) -> Line:
    """The ready queue: the running callback and the next ones."""
    spans: list[Span] = [(_("ready queue "), "dim")]
    if frame.running:
        spans += [(f" {PLAY} {frame.running} ", "running-now")]
    if not frame.running and not frame.queue:
        spans.append((_(" empty"), "dim"))
    shown = 0
    for name in frame.queue:
        if width_of(spans) + len(name) + 3 > width - 12:
            break
        spans += [(" ", "text"), (name, "strong"), (" │", "frame")]
        shown += 1
    if shown < frame.queued:
        spans.append(
            (_(" {ellipsis} {queued:,} more", ellipsis=ELLIPSIS, queued=frame.queued - shown), "dim")
        )
    return clip(tuple(spans), width)


# -- the drawings ------------------------------------------------------------------------------------


def _ring(frame: LoopFrame, width: int, held_up: bool) -> list[Line]:
    """Three boxes with the wait on top, joined clockwise by arrows."""
    said, here = parts(frame), phase_of(frame)
    box = min(WIDEST_BOX, (width - 4) // 2)
    gap = min(14, width - 2 * box)
    total = 2 * box + gap
    top_x, left_x = (total - box) // 2, box // 2
    right_x = total - 1 - left_x
    margin = " " * ((width - total) // 2)
    boxes = {phase: _box(said[phase], box, here == phase, held_up) for phase in PHASES}
    roles = {phase: _way(phase, here) for phase in PHASES}
    into, out = roles["wait"], roles["timers"]
    beside = [
        ((" " * top_x, "text"),),
        ((" " * left_x + "╭" + "─" * (top_x - left_x - 2) + PLAY, into),),
        ((" " * left_x + "│" + " " * (top_x - left_x - 1), into),),
        ((" " * left_x + "│" + " " * (top_x - left_x - 1), into),),
    ]
    after = ["", "─" * (right_x - top_x - box) + "╮", " " * (right_x - top_x - box) + "│"]
    after.append(" " * (right_x - top_x - box) + "▼")
    lines: list[Line] = [((margin, "text"), *beside[y], *boxes["wait"][y], (after[y], out)) for y in range(4)]
    for y, (left, right) in enumerate(zip(boxes["callbacks"], boxes["timers"], strict=True)):
        between = "◀" + "─" * (gap - 1) if y == 1 else " " * gap
        lines.append(((margin, "text"), *left, (between, roles["callbacks"]), *right))
    lines.append(())
    return lines


def _way(phase: Phase, here: Phase | None) -> str:
    """Role of the arrow that leads to a part."""
    return ROLES[phase] if phase == here else "idle"


def _box(part: TurnBox, width: int, here: bool, held_up: bool) -> list[Line]:
    """A box of four lines: a title and two rows in a frame; the current part is highlighted."""
    role = ROLES[part.phase] if here else "frame"
    if here and held_up:
        role = "alarm"
    corners = "┏━┓┃┗┛" if here else "╭─╮│╰╯"
    number = PHASES.index(part.phase) + 1
    title = f" {number} {part.phase.upper() if here else part.phase} "
    left, line, right, side, low_left, low_right = tuple(corners)
    top: Line = (
        (left + line, role),
        (title, (role if here else "dim")),
        (line * (width - 3 - len(title)) + right, role),
    )
    rows = [
        ((side + " ", role), *pad(row if here else _dimmed(row), width - 3), (side, role))
        for row in part.rows
    ]
    return [top, *rows, ((low_left + line * (width - 2) + low_right, role),)]


def _dimmed(line: Line) -> Line:
    return tuple((text, "dim" if role in ("text", "dim") else role) for text, role in line)


def _short_ring(frame: LoopFrame, width: int, held_up: bool) -> list[Line]:
    """The ring in three rows: the parts, the text of the current one, the way back."""
    said, here = parts(frame), phase_of(frame)
    spans: list[Span] = [("╭", "idle")]
    for number, phase in enumerate(PHASES, 1):
        way = _way(phase, here)
        spans.append((f"{'─' if number == 1 else '──'}{PLAY} ", way))
        role = ("alarm" if held_up else ROLES[phase]) if phase == here else "dim"
        spans.append((f"{number} {phase.upper() if phase == here else phase} ", role))
    spans.append(("─" * max(1, width - 1 - width_of(spans)) + "╮", "idle"))
    current: Line = ()
    if here is not None:
        first, second = said[here].rows
        current = (*first, (" ", "text"), *second)
    middle: Line = (("│ ", "idle"), *pad(current, width - 4), (" │", "idle"))
    back = "╰" + "─" * ((width - 3) // 2) + "◀" + "─" * (width - 3 - (width - 3) // 2) + "╯"
    return [clip(tuple(spans), width), middle, ((back, "idle"),)]


def title_of(frame: LoopFrame) -> str:
    """The title of the panel."""
    if frame.counters is None:
        return _("the event loop")
    return _("the event loop · turn {turns:,}", turns=frame.counters.turns)


def text_lines(frame: LoopFrame, width: int, height: int) -> list[str]:
    """The ring as plain text."""
    return [text_of(line).rstrip() for line in turn_lines(frame, width, height)]
