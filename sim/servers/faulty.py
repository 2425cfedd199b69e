"""Servers with one classic mistake each: a correct program, with one part left out or changed."""

from __future__ import annotations

from sim.kernel import poll_bits
from sim.machine.task import Program
from sim.scenario.faults import ACCEPT_ONE, DUP, HERD, NO_DRAIN, NO_REARM
from sim.servers.epoll import EpollServer
from sim.servers.epoll_et import EpollEtServer
from sim.servers.epoll_exclusive import EpollExclusiveServer
from sim.servers.epoll_oneshot import EpollOneshotServer


class NoDrainServer(EpollEtServer, lane="epoll-et", fault=NO_DRAIN):
    """Reads one request for each event, and does not check for more."""

    def drain(self, fd: int) -> Program:
        self.drained = True  # before the yield: a restarted program must not read again
        yield from self.serve_once(fd, self.settings.request_bytes)


class AcceptOneServer(EpollEtServer, lane="epoll-et", fault=ACCEPT_ONE):
    """Accepts one connection for each event."""

    accepted = True
    """True after it has accepted a connection for the current event."""

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
    """Leaves out EPOLL_CTL_MOD, except for the listening socket."""

    def rearm(self, fd: int) -> Program:
        if fd == self.listener_fd:
            yield from super().rearm(fd)


class HerdServer(EpollExclusiveServer, lane="epoll-exclusive", fault=HERD):
    """Watches the listening socket like any other socket, without EPOLLEXCLUSIVE."""

    listener_events = poll_bits.IN


class LeakedDupServer(EpollServer, lane="epoll", fault=DUP):
    """Makes a dup of the first connection that ends, as for a log or a child, and never closes it.

    close() frees the number, but the open file and its watch stay. epoll continues to report the file under a
    number that is closed or belongs to another connection.
    """

    _leaked = False

    def stop_watching(self, fd: int) -> None:
        if not self._leaked:
            self._leaked = True
            self.kernel.sys_dup(fd)

    def serve(self, fd: int) -> Program:
        try:
            yield from super().serve(fd)
        except OSError:  # EBADF, or EAGAIN if the number now belongs to another connection
            yield
        self.serving_fd = None
