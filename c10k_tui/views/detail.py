"""The line beneath the grids: what the glyphs mean, or what the cursor points at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from c10k_tui import glyphs
from c10k_tui.spans import Line, clip, width_of
from c10k_tui.views.cpu import GROUPS
from sim.frame import FdView
from sim.units import format_bytes, format_duration

LEGEND: tuple[tuple[str, str, str, str], ...] = (
    (glyphs.IDLE, "idle", "idle", "idle"),
    (
        glyphs.FRONT + glyphs.HEAT[2] + glyphs.HEAT[1] + glyphs.HEAT[0],
        "heat-3",
        "just checked, fading",
        "checked",
    ),
    (glyphs.ARRIVED, "arrived", "packet arrives", "packet"),
    (glyphs.READY, "ready", "ready: unread data", "ready"),
    (glyphs.READ, "read", "being read", "read"),
)
"""Glyph, role, meaning, and the meaning in one word."""


def legend(width: int) -> Line:
    """What each glyph of the grids means, and each colour of the CPU bars if there is room."""
    full, brief = (
        tuple(span for item in LEGEND for span in ((f" {item[0]}", item[1]), (f" {item[words]} ", "dim")))
        for words in (2, 3)
    )
    bars: Line = ((" CPU", "dim"), *_cpu_legend())
    for choice in ((*full, *bars), (*brief, *bars), full):
        if width_of(choice) <= width:
            return choice
    return clip(brief, width)


_BRIEF = {"hooks": "queues", "switch": "switch", "interrupt": "irqs"}


def _cpu_legend() -> Iterator[tuple[str, str]]:
    for role, name, _ in GROUPS:
        yield " █", f"key-{role}"
        yield f" {_BRIEF.get(role, name)}", "dim"


def detail(views: Mapping[str, FdView], now_ns: int, width: int) -> Line:
    """What is known of the descriptors under the cursor, lane by lane."""
    any_view = next(iter(views.values()))
    first, last = any_view.first_fd, any_view.last_fd
    where = f"fd {first}" if first == last else f"fds {first:,}–{last:,}"
    spans: list[tuple[str, str]] = [(f" {where} ", "cursor")]
    for index, (name, view) in enumerate(views.items()):
        spans += [(" · " if index else " ", "dim"), (name, name)]
        spans += [(f" {_state(view)}", "text"), (_checked(name, view, now_ns), "dim")]
    return clip(tuple(spans), width)


def _state(view: FdView) -> str:
    words = view.state
    if view.state == "mixed":
        words = f"{view.ready} of {view.open} ready"
    if view.buffered_bytes:
        words += f", {format_bytes(view.buffered_bytes)} unread"
    return words


def _checked(name: str, view: FdView, now_ns: int) -> str:
    if view.last_checked_ns is None:
        return ", never checked: nobody asked" if name == "epoll" else ", not checked yet"
    return f", checked {format_duration(max(0, now_ns - view.last_checked_ns))} ago"
