"""The select server: it hands over the whole set in every call, and walks the whole result.

The kernel keeps nothing between two calls. So each call copies the bitmap in and checks every descriptor in
it. The result has one bit for each descriptor, and the program walks all of them (``FD_ISSET``).

The ``fd_set`` of the C library has room for 1024 descriptors (FD_SETSIZE). A program that sets a higher bit
writes past the end of the ``fd_set``. glibc ends such a program, and Python raises an error. The kernel has
no such limit, so the limit is a setting here. With the limit, the server fails as a program with the C
library does.
"""

from __future__ import annotations

import numpy as np

from sim.frames.mechanism import SetView
from sim.kernel.descriptors import IdleBlock
from sim.kernel.kernel import RawKernel
from sim.kernel.waiting.scan_request import Words, bit_numbers, clear_bit, set_bit, set_bits, words_for
from sim.kernel.waiting.select_and_poll import select_bytes
from sim.machine.task import Program
from sim.servers.base import WAIT_ENTRY_BYTES, Server, ServerFailure, ServerSettings


class SelectServer(Server, lane="select"):
    """Waits in select."""

    restartable = True

    def __init__(self, kernel: RawKernel, settings: ServerSettings) -> None:
        super().__init__(kernel, settings)
        self._watched: Words = words_for(64)
        self._count = 0
        self._highest = 0
        self.todo: list[int] = []
        """Descriptors that are reported and not served yet; the next one is the last."""
        self._readable: Words | None = None
        """The set of the call in progress, until its result is walked; otherwise None."""

    @property
    def registered(self) -> int:
        return self._count

    @property
    def connection_bytes(self) -> int:
        return super().connection_bytes + WAIT_ENTRY_BYTES + 1  # six bits in bitmaps, rounded up

    def adopt(self, block: IdleBlock) -> None:
        self._grow(block.last)
        set_bits(self._watched, block.first, block.last)
        self._count += block.last - block.first + 1

    def _grow(self, fd: int) -> None:
        """Make room for the bit of a descriptor.

        Raises:
            ServerFailure: the descriptor does not fit into an ``fd_set``.
        """
        limit = self.settings.fd_setsize
        if limit is not None and fd >= limit:
            raise ServerFailure(
                f"select fails here: descriptor {fd:,} does not fit into an fd_set, "
                f"which holds {limit:,} (FD_SETSIZE)"
            )
        words = fd // 64 + 1
        if words > len(self._watched):
            grown = words_for(64 * max(words, 2 * len(self._watched)))
            grown[: len(self._watched)] = self._watched
            self._watched = grown
        self._highest = max(self._highest, fd)

    def watch(self, fd: int) -> None:
        self._grow(fd)
        set_bit(self._watched, fd)
        self._count += 1

    def stop_watching(self, fd: int) -> None:
        clear_bit(self._watched, fd)
        self._count -= 1

    def words_of(self, fd: int) -> tuple[int, int]:
        """The 64-bit word with a descriptor's bit: as handed to select, and as in the set now."""
        asked = int(self._watched[fd // 64])
        return asked, asked if self._readable is None else int(self._readable[fd // 64])

    @property
    def nfds(self) -> int:
        """The highest descriptor in the set, plus 1."""
        return self._highest + 1

    def run(self) -> Program:
        yield from self.begin_or_resume()
        kernel, restart = self.kernel, self.restart
        while True:
            while self.todo:
                yield from self.serve(self.todo.pop())
            nfds = self._highest + 1
            if self._readable is None:
                self._readable = self._watched[: (nfds + 63) // 64].copy()
            yield from kernel.sys_select(nfds, self._readable, restart=restart)
            if np.any(self._readable):
                self.todo = bit_numbers(self._readable, nfds).tolist()[::-1]
            self._readable = None
            kernel.work(-(-nfds * kernel.costs.walk_ps // 1000))
            yield

    def view(self) -> SetView:
        copied = select_bytes(self._highest + 1, 1, None)
        return SetView("fd_set", self._count, *copied, bool(self.kernel.scans))
