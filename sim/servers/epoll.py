"""The epoll server, level-triggered: it registers a descriptor once, and gets only the ready ones.

The kernel keeps the interest list between calls. So nothing is copied in, and only items on the ready list
are checked. In return, each new connection costs one ``epoll_ctl``.

Why it has no event loop with callbacks: the other lanes are compared with this one, so it must contain
nothing but the mechanism. :mod:`sim.servers.asyncio_server` adds a loop to it.
"""

from __future__ import annotations

from sim.frames.mechanism import MechanismView, epoll_view
from sim.kernel import poll_bits
from sim.kernel.descriptors import IdleBlock
from sim.kernel.kernel import RawKernel
from sim.kernel.waiting.epoll.epoll_file import CTL_ADD, Epoll, Event
from sim.machine.accounts import Account
from sim.machine.task import Program
from sim.servers.base import Server, ServerSettings

MAX_EVENTS = 1024
"""Largest number of events in one call."""


class EpollServer(Server, lane="epoll"):
    """Waits in epoll_wait."""

    restartable = True
    watched_events = poll_bits.IN
    """The event bits with which a connection is registered."""

    def __init__(self, kernel: RawKernel, settings: ServerSettings) -> None:
        super().__init__(kernel, settings)
        self.events: list[Event] = []
        """Events that are reported and not served yet; the next one is the last."""

    def open_spare(self) -> int:
        """Open the epoll, which has the second descriptor."""
        return self.kernel.sys_epoll_create1()

    @property
    def epoll(self) -> Epoll:
        """The epoll behind the descriptor."""
        file = self.kernel.table.file(self.spare_fd)
        assert isinstance(file, Epoll)
        return file

    @property
    def registered(self) -> int:
        return self.epoll.count

    @property
    def connection_bytes(self) -> int:
        return super().connection_bytes + self.kernel.costs.epoll_item_bytes

    def adopt(self, block: IdleBlock) -> None:
        count = block.last - block.first + 1
        self.kernel.charge(((Account.INTEREST_LIST, count * self.kernel.costs.epoll_ctl_ns),))
        self.epoll.watch_block(block.first, block.last, self.watched_events)

    def watch(self, fd: int) -> None:
        self.kernel.sys_epoll_ctl(self.spare_fd, CTL_ADD, fd, self.watched_events)

    def run(self) -> Program:
        yield from self.begin_or_resume()
        kernel, epfd, restart = self.kernel, self.spare_fd, self.restart
        while True:
            events = self.events
            while events:
                yield from self.serve(events.pop()[0])
            self.events = events = yield from kernel.sys_epoll_wait(epfd, MAX_EVENTS, None, restart)
            events.reverse()

    def view(self) -> MechanismView:
        return epoll_view((self.epoll,))
