"""The select server: hand over the whole set at every call, and walk the whole set of answers.

The kernel keeps nothing between two calls, so the bitmap goes in each time, every descriptor in it
is looked at, and the result says no more than one bit for each of them, which the program walks in
turn (``FD_ISSET``).

The C library's ``fd_set`` has room for 1024 descriptors (FD_SETSIZE). A program that sets a higher
bit writes past its end; glibc stops it, and Python refuses. The kernel has no such limit, so the
limit is a setting here: with it the server fails as the C library makes it fail.
"""

from __future__ import annotations

import numpy as np

from sim.frames.mechanism import SetView
from sim.kernel.descriptors import IdleBlock
from sim.kernel.kernel import RawKernel
from sim.kernel.waiting.scan_request import Words, bit_numbers, clear_bit, set_bit, set_bits, words_for
from sim.kernel.waiting.select_and_poll import select_bytes
from sim.machine.cpu import Program
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
        """Descriptors reported and not served yet, the next one last."""
        self._readable: Words | None = None
        """The set that select was given, from its call until it is walked."""

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
        """Make room for a bit, as far as the C library has it."""
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

    def forget(self, fd: int) -> None:
        clear_bit(self._watched, fd)
        self._count -= 1

    def words_of(self, fd: int) -> tuple[int, int]:
        """The word with a descriptor's bit: as it is handed to select, and as it stands in the set now."""
        asked = int(self._watched[fd // 64])
        return asked, asked if self._readable is None else int(self._readable[fd // 64])

    @property
    def nfds(self) -> int:
        """One more than the highest descriptor asked about."""
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
