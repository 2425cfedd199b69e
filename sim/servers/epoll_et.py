"""The edge-triggered epoll server: told once when something arrives, so it reads until nothing is left.

With EPOLLET an item goes on the ready list when its file *changes*, not as long as it is ready: it is
asked once in epoll_wait and does not go back to the list's tail. That saves the second look that a
level-triggered item gets in the next call. In return the program has to *drain*: read until EAGAIN (or
end of file), accept until EAGAIN. What it leaves behind it is not told of again, until more arrives.
So each event costs one read more, which finds nothing.
"""

from __future__ import annotations

from sim.kernel import poll_bits
from sim.kernel.kernel import RawKernel
from sim.kernel.waiting.blocking_calls import write_rest
from sim.machine.cpu import Program
from sim.servers.base import READ_BYTES, ServerSettings
from sim.servers.epoll import EpollServer


class EpollEtServer(EpollServer, lane="epoll-et"):
    """Waits in epoll_wait, edge-triggered, and drains."""

    restartable = True
    watched_events = poll_bits.IN | poll_bits.EPOLLET

    def __init__(self, kernel: RawKernel, settings: ServerSettings) -> None:
        super().__init__(kernel, settings)
        self.drained = True
        """Whether nothing is left to do for the descriptor being served but to let the time pass."""

    def begin_or_resume(self) -> Program:
        fd = self.serving_fd
        if self.begun and fd is not None and fd != self.listener_fd and not self.drained:
            yield from self.drain(fd)
        yield from super().begin_or_resume()

    def serve(self, fd: int) -> Program:
        self.serving_fd = fd
        if fd == self.listener_fd:
            yield from self.accept_all()
        else:
            self.drained = False
            yield from self.drain(fd)
        self.serving_fd = None

    def drain(self, fd: int) -> Program:
        """Read and answer until nothing is there."""
        while not self.drained:
            yield from self.serve_once(fd, READ_BYTES)

    def serve_once(self, fd: int, size: int) -> Program:
        """One read, and what follows from it."""
        kernel = self.kernel
        try:
            data = kernel.sys_read(fd, size)
        except BlockingIOError:
            self.drained = True
            yield
            return
        if data:
            rest = self.answer(fd, data)
            yield
            if rest:
                yield from write_rest(kernel, fd, rest)
            return
        self.drained = True
        self.forget(fd)
        kernel.sys_close(fd)
        yield
