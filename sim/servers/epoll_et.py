"""The edge-triggered epoll server: an event is reported once, so it reads until nothing is left.

With EPOLLET an item goes on the ready list when its file *changes*, not as long as the file is ready. It is
checked once in epoll_wait and does not go back to the end of the list. That saves the second check of a
level-triggered item in the next call. In return the program has to *drain*: it reads until EAGAIN or end of
file, and accepts until EAGAIN. Data that it leaves behind is not reported until more arrives. So each event
costs one additional read, which finds nothing.

Why not stop at a short read, which epoll(7) allows for streams: reading until EAGAIN is correct for every
kind of file, and it is what most programs do.
"""

from __future__ import annotations

from sim.kernel import poll_bits
from sim.kernel.blocking_calls import write_rest
from sim.kernel.kernel import RawKernel
from sim.machine.task import Program
from sim.servers.base import ServerSettings
from sim.servers.epoll import EpollServer


class EpollEtServer(EpollServer, lane="epoll-et"):
    """Waits in epoll_wait, edge-triggered, and drains."""

    restartable = True
    watched_events = poll_bits.IN | poll_bits.EPOLLET

    def __init__(self, kernel: RawKernel, settings: ServerSettings) -> None:
        super().__init__(kernel, settings)
        self.drained = True
        """True if the current descriptor is read completely, and only the time of its last call has to
        pass."""

    def begin_or_resume(self) -> Program:
        fd = self.serving_fd
        if self.started and fd is not None and fd != self.listener_fd and not self.drained:
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
        """Read and answer until nothing is left."""
        while not self.drained:
            yield from self.serve_once(fd, self.buffer_bytes)

    def serve_once(self, fd: int, size: int) -> Program:
        """Read once, and answer what was read.

        Args:
            fd: the connection.
            size: size of the buffer.
        """
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
        self.stop_watching(fd)
        kernel.sys_close(fd)
        yield
