"""CPU time by account as one bar: all of the lane's virtual time, idle included.

Each account is a block as long as its share, with its name on it where there is room, so the bar
can be read without its legend and without colour.
"""

from __future__ import annotations

from collections.abc import Mapping

from c10k_tui.spans import Line

GROUPS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    # role suffix, name on screen, accounts
    ("scan", "scan", ("scan",)),
    ("hooks", "wait queues", ("wait_queue",)),
    ("copies", "copies", ("copy_in", "copy_out")),
    ("calls", "calls", ("syscall", "interest_list")),
    ("switch", "switches", ("context_switch",)),
    ("interrupt", "interrupts", ("interrupt",)),
    ("serving", "serving", ("socket_io", "application")),
    ("idle", "idle", ("idle",)),
)
"""Accounts drawn together, in the order of the bar."""


def shares(cost_ns: Mapping[str, int]) -> list[int]:
    """Nanoseconds of each group, in the order of :data:`GROUPS`."""
    return [sum(cost_ns.get(name, 0) for name in accounts) for _, _, accounts in GROUPS]


def cells_of(parts: list[int], width: int) -> list[int]:
    """Cells for each part so that they add up to ``width``: largest remainders get the odd cells."""
    total = sum(parts)
    if total <= 0 or width <= 0:
        return [0] * len(parts)
    cells = [part * width // total for part in parts]
    by_remainder = sorted(range(len(parts)), key=lambda index: -(parts[index] * width % total))
    for index in by_remainder[: width - sum(cells)]:
        cells[index] += 1
    return cells


def bar(cost_ns: Mapping[str, int], width: int) -> Line:
    """The bar, ``width`` cells long; blank before anything happened."""
    parts = shares(cost_ns)
    total = sum(parts)
    if total <= 0:
        return ((" " * width, "cpu-idle"),)
    spans = []
    for (role, name, _), part, cells in zip(GROUPS, parts, cells_of(parts, width), strict=True):
        if cells:
            spans.append((_caption(name, part * 100 / total, cells), f"cpu-{role}"))
    return tuple(spans)


def _caption(name: str, percent: float, cells: int) -> str:
    """As much of ``name 71%`` as fits in a block, with a blank at either side."""
    for text in (f" {name} {percent:.0f}%", f" {name}", f" {percent:.0f}%"):
        if len(text) + 1 <= cells:
            return text.ljust(cells)
    return " " * cells
