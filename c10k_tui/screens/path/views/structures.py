"""The data structures on a packet's path, before and after a step.

A structure has a name and a function that draws its value in a :class:`~sim.path.path_values.PathState`. If a
step changes the value, both values are shown with an arrow between them, on one line if they fit, else on
two. The packet's descriptor has the cursor's colour in every list.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from c10k_tui.text import glyphs
from c10k_tui.text.messages import N_, _
from c10k_tui.text.styled_text import Line, Span, clip, left, text_of, width_of
from sim.kernel import poll_bits
from sim.path.packet_path import PacketPath
from sim.path.path_values import LOOP_STAGES, LanePath, PathState, PathStep
from sim.scenario.units import format_bytes

NAME_WIDTH = 12
_MASKS = ((poll_bits.IN, "IN"), (poll_bits.OUT, "OUT"), (poll_bits.RDHUP, "RDHUP"), (poll_bits.HUP, "HUP"))
_BLOCKS = 8
"""Most frames or segments that are drawn one by one."""
_NUMBERS = 3
"""Most descriptors of a list that are shown."""
_BITS = 21
"""Bits of a bitmap that are drawn, with the packet's descriptor in the middle."""


@dataclass(frozen=True, slots=True)
class PacketStructure:
    """A data structure on a packet's path."""

    name: str
    stages: tuple[str, ...]
    """Stages at which it is shown, changed or not."""
    value: Callable[[PacketPath, LanePath, PathState], Line]
    sides: tuple[str, ...] = ("epoll", "select")


def _plain(text: str, role: str = "text") -> Line:
    return ((text, role),)


def _none(words: str) -> Line:
    return _plain(words, "idle")


def _blocks(count: int, role: str) -> Line:
    """A block for each of ``count`` frames or segments, at most :data:`_BLOCKS`."""
    shown = min(count, _BLOCKS)
    return ((glyphs.FULL * shown, role), (glyphs.IDLE * (_BLOCKS - shown), "idle"))


def _ring(path: PacketPath, side: LanePath, state: PathState) -> Line:
    return (*_blocks(state.ring_frames, "arrived"), (f" {state.ring_frames:,}", "text"))


def _buffer(path: PacketPath, side: LanePath, state: PathState) -> Line:
    return (*_blocks(state.segments, "ready"), (f" {format_bytes(state.buffer_bytes)}", "text"))


def _mask(path: PacketPath, side: LanePath, state: PathState) -> Line:
    names = [name for bit, name in _MASKS if state.mask & bit]
    return _plain("|".join(names)) if names else _none("none")


def _hooked(path: PacketPath, side: LanePath, state: PathState) -> Line:
    if not state.hooked:
        return _none("empty")
    return ((_("socket "), "dim"), ("─● ", "frame"), (" ● ".join(state.hooked), side.name))


def _numbers(fds: tuple[int, ...], whole: int, ours: int) -> Line:
    """A list of descriptors. A long list is cut to the descriptors up to the packet's own, or to the first
    ones.
    """
    if not fds:
        return _none("empty")
    end = fds.index(ours) + 1 if ours in fds else _NUMBERS
    first = max(0, end - _NUMBERS) if whole > _NUMBERS else 0
    some = fds[first : max(end, _NUMBERS)]
    spans: list[Span] = [(f"{glyphs.ELLIPSIS} ", "dim")] if first else []
    for index, fd in enumerate(some):
        spans += [(" " if index else "", "text"), (str(fd), "cursor" if fd == ours else "text")]
    if whole > len(some):
        spans.append((_(" of {whole:,}", whole=whole), "dim"))
    return tuple(spans)


def _ready(path: PacketPath, side: LanePath, state: PathState) -> Line:
    return _numbers(state.ready, state.ready_count, side.fd)


def _server(path: PacketPath, side: LanePath, state: PathState) -> Line:
    if not state.server:
        return _none("–")
    role = {"asleep": "dim", "scanning": "wasted", "running": "good"}.get(state.server, "text")
    return _plain(_("asleep in {call}", call=_call(side)) if state.server == "asleep" else state.server, role)


def _call(side: LanePath) -> str:
    return "epoll_wait" if side.name == "epoll" else "select"


def _scanned(path: PacketPath, side: LanePath, state: PathState) -> Line:
    share = state.scanned / side.watched if side.watched else 0.0
    done = min(_BLOCKS, round(share * _BLOCKS))
    bar: Line = ((glyphs.HEAT[2] * done, "heat-3"), (glyphs.IDLE * (_BLOCKS - done), "idle"))
    return (*bar, (f" {state.scanned:,}", "text"))


def _word(path: PacketPath, side: LanePath, state: PathState) -> Line:
    """Some bits of the bitmap's word, with the packet's own highlighted."""
    ours = side.fd % 64
    first = min(max(0, ours - _BITS // 2), 64 - _BITS)
    spans: list[Span] = []
    for bit in range(first, first + _BITS):
        is_set = state.word >> bit & 1
        glyph = "1" if is_set else glyphs.IDLE
        spans.append((glyph, "cursor" if bit == ours else "heat-3" if is_set else "idle"))
    return tuple(spans)


def _events(path: PacketPath, side: LanePath, state: PathState) -> Line:
    return _numbers(tuple(fd for fd, _ in state.events), state.events_count, side.fd)


def _handles(path: PacketPath, side: LanePath, state: PathState) -> Line:
    if not state.handles:
        return _none("empty")
    task = path.program.task if path.program is not None else ""
    ours = (_("_read_ready fd {fd}", fd=side.fd), f"{task}.wakeup")
    before = next((index for index, name in enumerate(state.handles) if name in ours), None)
    if before is None:
        return _plain(_others(len(state.handles)), "dim")
    behind = len(state.handles) - before - 1
    spans: list[Span] = [(f"{_others(before)}, ", "dim")] if before else []
    spans.append((state.handles[before].replace("_read_ready fd ", "read "), "cursor"))
    if behind:
        spans.append((f", {_others(behind)}", "dim"))
    return tuple(spans)


def _others(count: int) -> str:
    return _("{count} other", count=count) if count == 1 else _("{count} others", count=count)


def _stream(path: PacketPath, side: LanePath, state: PathState) -> Line:
    return _plain(format_bytes(state.stream_bytes)) if state.stream_bytes else _none("0 B")


def _future(path: PacketPath, side: LanePath, state: PathState) -> Line:
    return _plain(state.future, "good" if state.future == "finished" else "dim") if state.future else ()


def _task(path: PacketPath, side: LanePath, state: PathState) -> Line:
    role = {"suspended": "dim", "running": "good"}.get(state.task, "text")
    return ((state.task, role), (_(", line {line}", line=state.line), "text")) if state.task else ()


def _held(path: PacketPath, side: LanePath, state: PathState) -> Line:
    return _plain(format_bytes(state.read_bytes), "read") if state.read_bytes else _none("nothing")


STRUCTURES = (
    PacketStructure(N_("NIC ring"), ("wire", "dma", "interrupt", "softirq"), _ring),
    PacketStructure("buffer", ("tcp", "buffer", "handle", "read"), _buffer),
    PacketStructure(N_("poll mask"), ("tcp", "buffer", "handle", "read"), _mask),
    PacketStructure(N_("wait queue"), ("queue", "callback", "pollwake", "copy"), _hooked),
    PacketStructure(N_("ready list"), ("softirq", "callback", "list", "wake", "return"), _ready, ("epoll",)),
    PacketStructure("server", ("interrupt", "softirq", "pollwake", "wake", "return", "copy"), _server),
    PacketStructure(N_("looked at"), ("wake", "scan"), _scanned, ("select",)),
    PacketStructure("bitmap", ("scan", "copy", "walk"), _word, ("select",)),
    PacketStructure("events", ("return", "selector"), _events, ("epoll",)),
    PacketStructure("callbacks", ("selector", "handle", "future", "task"), _handles, ("epoll",)),
    PacketStructure("stream", ("handle", "future", "task"), _stream, ("epoll",)),
    PacketStructure("future", ("future", "task"), _future, ("epoll",)),
    PacketStructure("task", ("future", "task", "await"), _task, ("epoll",)),
    PacketStructure(N_("program has"), ("handle", "await", "walk", "read"), _held),
)


_OF_THE_KERNEL = (N_("NIC ring"), N_("poll mask"), N_("wait queue"), "server")
_OF_THE_LOOP = ("callbacks", "stream", "future", "task")


def structure_lines(path: PacketPath, side: LanePath, step: PathStep, width: int) -> list[Line]:
    """The structures of a step, each before and after it."""
    lines: list[Line] = []
    for structure in STRUCTURES:
        if side.name in structure.sides and step.stage in structure.stages:
            lines += _change_lines(structure, path, side, step, width)
    return lines


def board_lines(
    path: PacketPath,
    side: LanePath,
    passed: Sequence[PathStep],
    step: PathStep | None,
    width: int,
    *,
    whole: bool,
) -> list[Line]:
    """All structures of a side in fixed places: the structures of the step, and the last known state of the
    others.

    Args:
        path: The packet's path.
        side: The side.
        passed: The steps before.
        step: The current step; None if the side has none now.
        width: Cells.
        whole: True to include distant structures: the loop's at a kernel step, the kernel's at a loop step.
    """
    lines: list[Line] = []
    far = _OF_THE_KERNEL if step is not None and step.stage in LOOP_STAGES else _OF_THE_LOOP
    for structure in STRUCTURES:
        if side.name not in structure.sides or (structure.name in far and not whole):
            continue
        if step is not None and step.stage in structure.stages:
            lines += _change_lines(structure, path, side, step, width)
            continue
        known = next((s.after for s in reversed(passed) if s.stage in structure.stages), None)
        value = glyphs.IDLE if known is None else text_of(structure.value(path, side, known))
        role = "idle" if known is None else "dim"
        lines.append(clip(((left(_(structure.name), NAME_WIDTH), "idle"), (value, role)), width))
    return lines


def _change_lines(
    structure: PacketStructure, path: PacketPath, side: LanePath, step: PathStep, width: int
) -> list[Line]:
    """A structure before and after a step."""
    # Changes by other packets of the burst do not belong to this step.
    before = structure.value(path, side, step.before)
    after = structure.value(path, side, step.after)
    return _before_and_after(structure.name, before, after, width) if before or after else []


def _before_and_after(name: str, before: Line, after: Line, width: int) -> list[Line]:
    label: Span = (left(_(name), NAME_WIDTH), "dim" if before == after else "strong")
    if before == after:
        return [clip((label, *after), width)]
    arrow: Span = (f" {glyphs.ARROW} ", "strong")
    whole: Line = (label, *before, arrow, *after)
    if width_of(whole) <= width:
        return [whole]
    blank: Span = (" " * (NAME_WIDTH - 2), "text")
    return [clip((label, *before), width), clip((blank, (f"{glyphs.ARROW} ", "strong"), *after), width)]


def source_lines(path: PacketPath, step: PathStep, width: int) -> list[Line]:
    """The program with its task's current line marked; empty unless asyncio has the packet."""
    program = path.program
    if program is None or step.stage not in LOOP_STAGES:
        return []
    stands, runs = step.after.line, step.stage == "await"
    lines: list[Line] = []
    for number, text in enumerate(program.lines, start=program.first_line):
        here = number == stands
        sign = (glyphs.PLAY if runs else "∙") if here else " "
        role = ("good" if runs else "strong") if here else "dim"
        lines.append(clip(((f"{number:>3} {sign} ", role), (text, role)), width))
    return lines
