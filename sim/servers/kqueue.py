"""The kqueue server: one call takes changes and returns events, and each event has a count.

The kernel keeps the list, as in epoll. A new connection needs no call of its own: it is registered as a
change with the next kevent. An event of the listening socket holds the number of waiting connections, so
accept is called that many times and never fails. close() removes the knote.
"""

from __future__ import annotations

from sim.frames.mechanism import KqueueView, kqueue_view
from sim.kernel.descriptors import IdleBlock
from sim.kernel.kernel import RawKernel
from sim.kernel.waiting.kqueue.calls import KeventCall
from sim.kernel.waiting.kqueue.kevent import EV_ADD, EV_ERROR, EVFILT_READ, Kevent
from sim.kernel.waiting.kqueue.kqueue import Kqueue
from sim.machine.accounts import Account
from sim.machine.task import Program
from sim.servers.base import Server, ServerFailure, ServerSettings

MAX_EVENTS = 1024
"""Largest number of events in one call."""


class KqueueServer(Server, lane="kqueue"):
    """Waits in kevent."""

    restartable = True
    storable = False

    def __init__(self, kernel: RawKernel, settings: ServerSettings) -> None:
        self.changes: list[Kevent] = []
        """Changes for the next kevent."""
        self.events: list[Kevent] = []
        """Events that are reported and not served yet; the next one is the last."""
        self.call: KeventCall | None = None
        """The kevent in progress; None if there is none."""
        self.waiting = 0
        """Number of connections still to accept for the current event."""
        super().__init__(kernel, settings)

    def open_spare(self) -> int:
        """Open the kqueue, which has the second descriptor."""
        return self.kernel.sys_kqueue()

    @property
    def kqueue(self) -> Kqueue:
        """The kqueue behind the descriptor."""
        file = self.kernel.table.file(self.spare_fd)
        assert isinstance(file, Kqueue)
        return file

    @property
    def registered(self) -> int:
        return self.kqueue.count + len(self.changes)

    def adopt(self, block: IdleBlock) -> None:
        count = block.last - block.first + 1
        self.kernel.charge(((Account.INTEREST_LIST, count * self.kqueue.costs.change_ns),))
        self.kqueue.watch_block(block.first, block.last)

    def watch(self, fd: int) -> None:
        self.changes.append(Kevent(fd, EVFILT_READ, EV_ADD))

    def run(self) -> Program:
        if not self.started:
            self.started = True
            if self.settings.accepting:
                self.watch(self.listener_fd)
        yield from self.accept_all()
        self.serving_fd = None
        kernel, kqfd = self.kernel, self.spare_fd
        while True:
            while self.events:
                yield from self.handle(self.events.pop())
            if self.call is None:
                self.call = kernel.kevent_call(kqfd, self.changes, MAX_EVENTS)
                self.changes = []
            yield from self.call.run()
            self.events = self.call.events[::-1]
            self.call = None

    def handle(self, event: Kevent) -> Program:
        """Serve one event."""
        if event.flags & EV_ERROR:
            raise ServerFailure(f"kqueue fails here: a change for descriptor {event.ident} was refused")
        if event.ident == self.listener_fd:
            self.waiting = event.data
        yield from self.serve(event.ident)

    def accept_all(self) -> Program:
        """Accept as many connections as the event reports."""
        while self.waiting:
            self.waiting -= 1
            self.watch(self.kernel.sys_accept4(self.listener_fd))
            yield

    def view(self) -> KqueueView:
        handed = 0 if self.call is None else len(self.call.changes)
        return kqueue_view(self.kqueue, len(self.changes), handed)
