"""asyncio's event loop: where its turn is, what is ready for it, and beneath it the epoll it waits in."""

from __future__ import annotations

from c10k_tui.spans import Line, fitting
from c10k_tui.views.inside_lists import epoll_lines
from sim.frame import LaneFrame
from sim.mechanism import LoopView


def loop_lines(lane: LaneFrame, view: LoopView, width: int, height: int) -> list[Line]:
    """The loop's turn in one line, its epoll in the others."""
    turn = fitting(_turns(view), width)
    return [turn, *epoll_lines(lane, view.epoll, width, height - 1)] if height > 1 else [turn]


def _turns(view: LoopView) -> tuple[Line, ...]:
    """Waiting and callbacks in turn; what the loop is at stands out."""
    poll, run = ("strong", "dim") if view.polling else ("dim", "strong")
    count = view.left if not view.polling else view.queued
    ready = f"{count:,} callback{'' if count == 1 else 's'}"
    return (
        (
            ("the loop's turn: ", "text"),
            (" epoll_wait ", poll),
            ("→", "dim"),
            (f" {ready} ", run),
            ("→ and again", "dim"),
        ),
        ((" epoll_wait ", poll), ("→", "dim"), (f" {ready} ", run), ("→", "dim")),
        (("wait ", poll), ("→", "dim"), (f" {count:,} cb", run)),
        ((f"{count:,} cb", run),),
    )
