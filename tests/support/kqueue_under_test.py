"""A kqueue under test."""

from __future__ import annotations

from sim.kernel.waiting.kqueue.kevent import EV_ADD, Kevent
from sim.kernel.waiting.kqueue.kqueue import Kqueue
from sim.stdlib.kernel import Kernel
from tests.support.kernel_under_test import ROUND_COSTS, pairs, raises, socket_at


class Rig:
    """A kernel, a kqueue and connections that are not registered."""

    def __init__(self, count: int = 3) -> None:
        self.kernel = Kernel(ROUND_COSTS)
        self.ours, self.theirs = pairs(self.kernel, count)
        self.fd = self.kernel.sys_kqueue()

    @property
    def kqueue(self) -> Kqueue:
        file = self.kernel.table.file(self.fd)
        assert isinstance(file, Kqueue)
        return file

    def control(self, *changes: Kevent, most: int = 64, timeout_ns: int | None = 0) -> list[Kevent]:
        """Make one kevent() call. By default it does not wait."""
        program = self.kernel.sys_kevent(self.fd, changes, most, timeout_ns)
        events: list[Kevent] = self.kernel.complete(program)
        return events

    def add(self, *fds: int, flags: int = 0, **fields: int) -> None:
        """Register descriptors for reading."""
        self.control(*(Kevent(fd, flags=EV_ADD | flags, **fields) for fd in fds), most=0)

    def come_in(self, *fds: int, data: bytes = b"x") -> None:
        for fd in fds:
            assert socket_at(self.kernel, fd).deliver(data)


def refuses(code: int, rig: Rig, *changes: Kevent, most: int) -> None:
    """Expect a kevent() to fail with an errno."""
    raises(code, lambda: rig.control(*changes, most=most))
