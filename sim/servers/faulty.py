"""Servers with one classic mistake each: the right program, with one thing left out."""

from __future__ import annotations

from sim.kernel import poll_bits
from sim.machine.cpu import Program
from sim.scenario.faults import ACCEPT_ONE, DUP, HERD, NO_DRAIN, NO_REARM
from sim.servers.epoll import EpollServer
from sim.servers.epoll_et import EpollEtServer
from sim.servers.epoll_exclusive import EpollExclusiveServer
from sim.servers.epoll_oneshot import EpollOneshotServer


class NoDrainServer(EpollEtServer, lane="epoll-et", fault=NO_DRAIN):
    """Reads a buffer of one request for each event, and does not look whether there is more."""

    def drain(self, fd: int) -> Program:
        self.drained = True  # before it yields: a program made anew must not read again
        yield from self.serve_once(fd, self.settings.request_bytes)


class AcceptOneServer(EpollEtServer, lane="epoll-et", fault=ACCEPT_ONE):
    """Accepts one connection for each event."""

    accepted = True
    """Whether it has done so for the event that is served."""

    def serve(self, fd: int) -> Program:
        self.accepted = False
        yield from super().serve(fd)

    def accept_all(self) -> Program:
        if self.accepted:
            return
        self.accepted = True
        try:
            fd = self.kernel.sys_accept4(self.listener_fd)
        except BlockingIOError:
            return
        self.watch(fd)
        yield


class NoRearmServer(EpollOneshotServer, lane="epoll-oneshot", fault=NO_REARM):
    """Forgets EPOLL_CTL_MOD, but for the listening socket."""

    def rearm(self, fd: int) -> Program:
        if fd == self.listener_fd:
            yield from super().rearm(fd)


class HerdServer(EpollExclusiveServer, lane="epoll-exclusive", fault=HERD):
    """Watches the listening socket as one watches any other."""

    listener_events = poll_bits.IN


class LeakedDupServer(EpollServer, lane="epoll", fault=DUP):
    """Has made a dup of the first connection that ends (for a log, for a child), and forgotten it.

    close() frees the number, but the open file lives on, and with it the watch: epoll goes on to
    report it, under a number that is closed or another connection's.
    """

    _leaked = False

    def forget(self, fd: int) -> None:
        if not self._leaked:
            self._leaked = True
            self.kernel.sys_dup(fd)

    def serve(self, fd: int) -> Program:
        try:
            yield from super().serve(fd)
        except OSError:  # EBADF; EAGAIN, if the number is another connection's by now
            yield
        self.serving_fd = None
