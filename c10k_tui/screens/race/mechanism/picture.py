"""The picture inside a lane: its mechanism.

Each way to wait has a different structure worth seeing: the set passed to select, the ready list, io_uring's
rings, a port's queue, a run queue. All of them are in the frame (:mod:`sim.frames.mechanism`,
:class:`~sim.frames.frame.TaskView`); nothing is counted again here. The picture fits any room: one line,
three lines, or more.
"""

from __future__ import annotations

from c10k_tui.screens.race.mechanism.event_loop import loop_lines
from c10k_tui.screens.race.mechanism.lists import epoll_lines, kqueue_lines, set_lines
from c10k_tui.screens.race.mechanism.port import iocp_lines
from c10k_tui.screens.race.mechanism.rings import ring_lines
from c10k_tui.screens.race.mechanism.tasks import task_lines, worker_lines
from c10k_tui.text.messages import _
from c10k_tui.text.styled_text import Line, clip
from sim.frames.frame import LaneFrame
from sim.frames.mechanism import EpollView, IocpView, IoUringView, KqueueView, LoopView, SetView
from sim.scenario.lanes import LANES


def inside(lane: LaneFrame, width: int, height: int) -> list[Line]:
    """The picture of a lane's mechanism, in at most ``height`` lines of at most ``width`` cells."""
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


def waiting_words(lane: str) -> str:
    """Words for the kind of report a lane gets: readiness or completion; empty if the lane blocks."""
    return LANES[lane].waiting.value


def price_words(lane: str) -> tuple[str, str, str]:
    """Words for the origin of a lane's prices: a full note, one word, and an abbreviation beside the name.
    The last two are empty for measured prices.
    """
    prices = LANES[lane].prices
    return (prices.note, "estimated", _("(est.)")) if prices.estimated else (prices.note, "", "")
