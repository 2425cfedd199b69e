"""The line beneath the grids: what the glyphs mean, or what the cursor points at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from c10k_tui import glyphs
from c10k_tui.spans import Line, Span, clip, width_of
from c10k_tui.views.cpu import GROUPS, Group
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


def legend(width: int, groups: Sequence[Group] = GROUPS) -> Line:
    """What the grids' glyphs mean, and the CPU bars' names: a name's capital is its letter there.

    Args:
        groups: The blocks that the lanes' bars can have.
    """
    full, brief, tight = _glyphs(0, " ", " "), _glyphs(1, " ", " "), _glyphs(1, "", "")
    for choice in (
        (*full, (" CPU", "dim"), *_cpu_blocks(groups)),
        (*brief, (" CPU", "dim"), *_cpu_blocks(groups)),
        (*tight, (" │", "dim"), *_cpu_names(groups)),
        (*tight[2:], (" │", "dim"), *_cpu_names(groups)),
        full,
    ):
        if width_of(choice) <= width:
            return choice
    return clip(brief, width)


def _glyphs(which: int, before: str, after: str) -> Line:
    """The grids' glyphs with their meanings, or with those in one word."""
    spans: list[Span] = []
    for glyph, role, *words in LEGEND:
        spans += [(f" {glyph}", role), (f"{before}{words[which]}{after}", "dim")]
    return tuple(spans)


def _cpu_blocks(groups: Sequence[Group]) -> Line:
    """Each block's colour and name."""
    spans: list[Span] = []
    for group in groups:
        name = "CPU idle" if group.role == "idle" else group.brief
        spans += [(" █", f"key-{group.role}"), (f" {name}", "dim")]
    return tuple(spans)


def _cpu_names(groups: Sequence[Group]) -> Line:
    """The names of those blocks that may be no more than a letter, in their colours."""
    return tuple((f" {group.brief}", f"key-{group.role}") for group in groups if group.code)


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
