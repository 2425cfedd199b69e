"""The stages of a packet's path as two lines that separate: epoll and asyncio above, select below."""

from __future__ import annotations

from rich.cells import cell_len

from c10k_tui.text.messages import N_, _
from c10k_tui.text.styled_text import Line, Span, clip, left, right
from sim.path.path_values import COMMON_STAGES, STAGE_PAIRS, PathStep

LABELS: dict[str, tuple[str, str, str]] = {
    "wire": ("wire", "wire", "wire"),
    "dma": ("DMA", "DMA", "DMA"),
    "interrupt": ("interrupt", "irq", "irq"),
    "softirq": ("softirq", "softirq", "soft"),
    "tcp": ("TCP", "TCP", "TCP"),
    "buffer": ("buffer", "buffer", "buf"),
    "queue": (N_("wait queue"), "queue", "wq"),
    "callback": (N_("ep callback"), "ep_cb", "ep"),
    "list": (N_("ready list"), "ready", "list"),
    "wake": ("wake", "wake", "wake"),
    "return": ("epoll_wait", "return", "ret"),
    "selector": ("selector", "selector", "sel"),
    "handle": ("callback", "callback", "call"),
    "future": ("future", "future", "fut"),
    "task": ("task", "task", "task"),
    "await": ("await", "await", "await"),
    "pollwake": ("pollwake", "pollwk", "pwk"),
    "scan": (N_("scan all"), "scan", "scan"),
    "copy": (N_("copy out"), "copy", "copy"),
    "walk": (N_("walk bits"), "walk", "walk"),
    "read": ("read", "read", "read"),
}
"""Names of each stage, the longest first."""
_PARTING = len(COMMON_STAGES)
_LAST_OF_SELECT = max(index for index, (_, select) in enumerate(STAGE_PAIRS) if select is not None)
_HINT = N_("one way for both")
Beat = tuple[PathStep | None, PathStep | None]


def strip_lines(beats: tuple[Beat, ...], at: int, width: int) -> list[Line]:
    """Both lines, with the current stage highlighted."""
    size, columns = _columns(width)
    upper: list[Span] = [(" ", "text")]
    room = sum(columns[:_PARTING])
    hint = right(_(_HINT), room - 2)
    lower: list[Span] = [(left(hint if cell_len(hint) <= room else "", room + 1), "dim"), ("╰─", "frame")]
    for index, (epoll, select) in enumerate(STAGE_PAIRS):
        came = beats[index] if index < len(beats) else (None, None)
        if index == _PARTING:
            upper.append(("┬─", "frame"))
        upper += _node(epoll, came[0], index, at, columns[index], size, "epoll")
        if index >= _PARTING:
            lower += _node(select, came[1], index, at, columns[index], size, "select")
    return [clip(tuple(upper), width), clip(tuple(lower), width)]


def _columns(width: int) -> tuple[int, list[int]]:
    """Index of the longest names that fit, and the width of each stage."""
    for size in range(3):
        widths = [
            1 + max(cell_len(_(LABELS[stage][size])) for stage in beat if stage is not None)
            for beat in STAGE_PAIRS
        ]
        spare = width - 3 - sum(widths)
        if spare >= 0:
            break
    each, rest = divmod(max(0, spare), len(STAGE_PAIRS))
    return size, [wide + each + (index < rest) for index, wide in enumerate(widths)]


def _node(
    stage: str | None, step: PathStep | None, index: int, at: int, column: int, size: int, role: str
) -> list[Span]:
    """The name of a stage, and the line to the next stage."""
    if stage is None:
        over = role == "select" and index > _LAST_OF_SELECT
        return [(" " * column, "text") if over else ("─" * column, "frame")]
    label = _(LABELS[stage][size])
    rest = (" " if stage in ("await", "read") else "─") * (column - cell_len(label))
    if step is None:
        return [(label, "idle"), (rest, "idle")]
    if index == at:
        return [(label, "cursor"), (rest, "frame")]
    shown = ("strong" if index < _PARTING else role) if index < at else "dim"
    return [(label, shown), (rest, "frame")]
