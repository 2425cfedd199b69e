"""The kqueue server: one call that takes changes and gives events, and says how much there is.

The kernel keeps the list, as with epoll. New connections need no call of their own: they are handed over
as changes with the next kevent. An event on the listening socket says how many connections wait, so
accept is called that often and never in vain; close() takes the knote away.
"""

from __future__ import annotations

from sim.frames.mechanism import KqueueView, kqueue_view
from sim.kernel.descriptors import IdleBlock
from sim.kernel.kernel import RawKernel
from sim.kernel.waiting.kqueue.calls import KeventCall
from sim.kernel.waiting.kqueue.kevent import EV_ADD, EV_ERROR, EVFILT_READ, Kevent
from sim.kernel.waiting.kqueue.kqueue import Kqueue
from sim.machine.accounts import Account
from sim.machine.cpu import Program
from sim.servers.base import Server, ServerFailure, ServerSettings

MAX_EVENTS = 1024
"""Events asked for at once."""


class KqueueServer(Server, lane="kqueue"):
    """Waits in kevent."""

    restartable = True
    stored = False

    def __init__(self, kernel: RawKernel, settings: ServerSettings) -> None:
        self.changes: list[Kevent] = []
        """For the next kevent."""
        self.events: list[Kevent] = []
        """Reported and not served yet, the next one last."""
        self.call: KeventCall | None = None
        """The kevent under way."""
        self.waiting = 0
        """Connections still to accept of those the event told of."""
        super().__init__(kernel, settings)

    def open_spare(self) -> int:
        """The kqueue itself takes the second number."""
        return self.kernel.sys_kqueue()

    @property
    def kqueue(self) -> Kqueue:
        """What the kqueue descriptor points to."""
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
        if not self.begun:
            self.begun = True
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
        """Serve what one event tells of."""
        if event.flags & EV_ERROR:
            raise ServerFailure(f"kqueue fails here: a change for descriptor {event.ident} was refused")
        if event.ident == self.listener_fd:
            self.waiting = event.data
        yield from self.serve(event.ident)

    def accept_all(self) -> Program:
        """Take as many connections as the event told of."""
        while self.waiting:
            self.waiting -= 1
            self.watch(self.kernel.sys_accept4(self.listener_fd))
            yield

    def view(self) -> KqueueView:
        handed = 0 if self.call is None else len(self.call.changes)
        return kqueue_view(self.kqueue, len(self.changes), handed)
