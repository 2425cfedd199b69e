"""Inside a lane: its mechanism's own picture, drawn from the frame.

Each way of waiting has another thing that is worth seeing: the set that select hands over, the ready list,
io_uring's rings, a port's queue, a run queue. All of it is in the frame (:mod:`sim.frames.mechanism`,
:class:`~sim.frames.frame.TaskView`); nothing here is counted a second time. The picture fits any room: one
line, three lines, as many as there are.
"""

from __future__ import annotations

from c10k_tui.screens.race.mechanism.event_loop import loop_lines
from c10k_tui.screens.race.mechanism.lists import epoll_lines, iocp_lines, kqueue_lines, set_lines
from c10k_tui.screens.race.mechanism.rings import ring_lines
from c10k_tui.screens.race.mechanism.tasks import task_lines, worker_lines
from c10k_tui.text.styled_text import Line, clip
from sim.frames.frame import LaneFrame
from sim.frames.mechanism import EpollView, IocpView, IoUringView, KqueueView, LoopView, SetView
from sim.scenario.lanes import LANES


def inside(lane: LaneFrame, width: int, height: int) -> list[Line]:
    """The picture of a lane's mechanism in at most ``height`` lines of at most ``width`` cells."""
    if width <= 0 or height <= 0 or lane.failure is not None:
        return []
    return [clip(line, width) for line in _lines(lane, width, height)[:height]]


def _lines(lane: LaneFrame, width: int, height: int) -> list[Line]:
    view, tasks = lane.mechanism, lane.tasks
    match view:
        case SetView():
            return set_lines(lane, view, width, height)
        case EpollView() if tasks is not None:
            return worker_lines(lane, tasks, view, width, height)
        case EpollView():
            return epoll_lines(lane, view, width, height)
        case KqueueView():
            return kqueue_lines(lane, view, width, height)
        case IoUringView():
            return ring_lines(lane, view, width, height)
        case IocpView():
            return iocp_lines(lane, view, width, height)
        case LoopView():
            return loop_lines(lane, view, width, height)
    return [] if tasks is None else task_lines(lane, tasks, width, height)


def told_by(lane: str) -> str:
    """What a lane is told: that something can be done, or that it was done; nothing if it blocks."""
    return LANES[lane].waiting.value


def price_words(lane: str) -> tuple[str, str, str]:
    """What has to be said of a lane's prices: at length, briefly, and beside its name; empty if nothing."""
    prices = LANES[lane].prices
    return (prices.note, "estimated", "(est.)") if prices.estimated else (prices.note, "", "")
