"""CPU time by account as one bar: all of a lane's virtual time, idle time included.

Each group of accounts is a block as long as its share, with its name or at least its letter on it. So the bar
can be read without colour. The letter is the capital in the legend's name. Wide lanes have room for the times
too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rich.cells import cell_len

from c10k_tui.text.messages import N_, _
from c10k_tui.text.styled_text import Line, Span, clip, left, right, width_of
from sim.frames.frame import LaneFrame
from sim.scenario.units import format_duration


@dataclass(frozen=True, slots=True)
class AccountGroup:
    """Accounts that the bar draws as one block."""

    role: str
    """Name in the palette after ``cpu-`` and ``key-``."""
    name: str
    brief: str
    """The name for narrow screens. Its capital is the letter for a small block."""
    accounts: tuple[str, ...]

    @property
    def code(self) -> str:
        """The letter; empty for a block without one."""
        return "".join(letter for letter in self.brief if letter.isupper())


GROUPS: tuple[AccountGroup, ...] = (
    AccountGroup("scan", N_("scan"), N_("Scan"), ("scan",)),
    AccountGroup("hooks", N_("wait queues"), N_("Queues"), ("wait_queue",)),
    AccountGroup("copies", N_("copies"), N_("Copy"), ("copy_in", "copy_out")),
    AccountGroup("calls", N_("calls"), "caLl", ("syscall", "interest_list")),
    AccountGroup("switch", N_("switches"), "sWitch", ("context_switch", "task_start")),
    AccountGroup("loop", N_("event loop"), "looP", ("loop", "callback")),
    AccountGroup("interrupt", N_("interrupts"), N_("Irq"), ("interrupt",)),
    AccountGroup("serving", N_("serving"), "serVe", ("socket_io", "application")),
    AccountGroup("idle", N_("idle"), N_("idle"), ("idle",)),
)
"""The groups in the order of the bar."""


def groups_of(lanes: Iterable[LaneFrame]) -> tuple[AccountGroup, ...]:
    """The groups for which these lanes have accounts. Only some lanes have the account of an event loop."""
    accounts = {account for lane in lanes for account in lane.counters.cost_ns}
    return tuple(group for group in GROUPS if not accounts.isdisjoint(group.accounts))


def group_times(cost_ns: Mapping[str, int]) -> list[int]:
    """Nanoseconds of each group, in the order of :data:`GROUPS`."""
    return [sum(cost_ns.get(name, 0) for name in group.accounts) for group in GROUPS]


def cells_of(parts: list[int], width: int) -> list[int]:
    """Cells for each part, ``width`` in all: the cells left after rounding down go to the parts with the
    largest remainders.
    """
    total = sum(parts)
    if total <= 0 or width <= 0:
        return [0] * len(parts)
    cells = [part * width // total for part in parts]
    by_remainder = sorted(range(len(parts)), key=lambda index: -(parts[index] * width % total))
    for index in by_remainder[: width - sum(cells)]:
        cells[index] += 1
    return cells


def bar(cost_ns: Mapping[str, int], width: int) -> Line:
    """The bar, ``width`` cells long; blank before the first event."""
    parts = group_times(cost_ns)
    total = sum(parts)
    if total <= 0:
        return ((" " * width, "cpu-idle"),)
    spans = []
    for group, part, cells in zip(GROUPS, parts, cells_of(parts, width), strict=True):
        if cells:
            spans.append((_caption(group, part * 100 / total, cells), f"cpu-{group.role}"))
    return tuple(spans)


def busy_percent(cost_ns: Mapping[str, int]) -> int | None:
    """The share of the CPU's time that was not idle, in percent; None before the first event.

    Only a CPU that never was idle for 0.5 % of the time is 100 % busy.
    """
    total_ns = sum(cost_ns.values())
    return round((total_ns - cost_ns.get("idle", 0)) * 100 / total_ns) if total_ns > 0 else None


def busy_line(cost_ns: Mapping[str, int], width: int) -> Line:
    """``CPU ████░░░░ 71 % busy``: the share of the CPU's time that was not idle."""
    percent = busy_percent(cost_ns)
    words = "" if percent is None else _(" {percent} % busy", percent=percent)
    room = max(1, width - len("CPU ") - cell_len(_(" 100 % busy")))
    filled = 0 if not percent else min(max(1, round(percent * room / 100)), room)
    return clip(
        (
            ("CPU ", "dim"),
            (" " * filled, "cpu-busy"),
            (" " * (room - filled), "cpu-idle"),
            (right(words, cell_len(_(" 100 % busy"))), "strong"),
        ),
        width,
    )


def _caption(group: AccountGroup, percent: float, cells: int) -> str:
    """As much of ``name 71%`` as fits in a block: a shorter name, then the letter, then no figure."""
    name, brief, share = _(group.name), _(group.brief).lower(), f"{percent:.0f}%"
    choices = [f" {name} {share} ", f" {brief} {share} ", f"{brief} {share}"]
    if group.code:
        choices += [f"{group.code} {share} ", f"{group.code}{share}", group.code]
    else:
        choices += [f" {brief}", brief]
    return left(next((text for text in choices if cell_len(text) <= cells), ""), cells)


def times_line(cost_ns: Mapping[str, int], width: int) -> Line:
    """Time by account in figures, as many as fit in ``width`` cells; the smallest are left out first."""
    parts = [(part, group) for part, group in zip(group_times(cost_ns), GROUPS, strict=True) if part]
    for kept in range(len(parts), 0, -1):
        least = sorted((part for part, _ in parts), reverse=True)[kept - 1]
        shown = [(part, group) for part, group in parts if part >= least]
        line: list[Span] = []
        for part, group in shown:
            name = _("CPU idle") if group.role == "idle" else _(group.name)
            line += [(f"{' · ' if line else ''}{name} ", "dim"), (format_duration(part), "text")]
        if width_of(line) <= width:
            return tuple(line)
    return ()
