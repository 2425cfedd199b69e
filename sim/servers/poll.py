"""The poll server: the same scan as in select, over an array instead of a bitmap.

Numbers of descriptors have no limit, and descriptors that are not in the array cost nothing. But each
descriptor in the array costs 8 bytes in and 2 bytes out in every call.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from sim.frames.mechanism import SetView
from sim.kernel import poll_bits
from sim.kernel.descriptors import IdleBlock
from sim.kernel.kernel import RawKernel
from sim.kernel.waiting.scan_request import POLLFD
from sim.kernel.waiting.select_and_poll import poll_bytes
from sim.machine.task import Program
from sim.servers.base import WAIT_ENTRY_BYTES, Server, ServerSettings


class PollServer(Server, lane="poll"):
    """Waits in poll."""

    restartable = True

    def __init__(self, kernel: RawKernel, settings: ServerSettings) -> None:
        super().__init__(kernel, settings)
        self._entries: npt.NDArray[np.void] = np.zeros(64, dtype=POLLFD)
        self._count = 0
        self.todo: list[int] = []
        """Descriptors that are reported and not served yet; the next one is the last."""
        self._places: dict[int, int] = {}
        """By descriptor: its index in the array, if it differs from its index in ``_block``."""
        self._block: IdleBlock | None = None

    @property
    def registered(self) -> int:
        return self._count

    @property
    def connection_bytes(self) -> int:
        return super().connection_bytes + 2 * POLLFD.itemsize + WAIT_ENTRY_BYTES

    def adopt(self, block: IdleBlock) -> None:
        count = block.last - block.first + 1
        self._entries = np.zeros(count + 64, dtype=POLLFD)
        self._entries["fd"][:count] = np.arange(block.first, block.last + 1, dtype=np.int32)
        self._entries["events"][:count] = poll_bits.IN
        self._count = count
        self._block = block

    def watch(self, fd: int) -> None:
        if self._count == len(self._entries):
            self._entries = np.concatenate((self._entries, np.zeros(self._count, dtype=POLLFD)))
        place = self._count
        self._entries[place] = (fd, poll_bits.IN, 0)
        self._places[fd] = place
        self._count += 1

    def stop_watching(self, fd: int) -> None:
        """Move the last entry to the place of the removed one, as real programs do."""
        place = self._place(fd)
        last = self._count - 1
        moved = int(self._entries["fd"][last])
        self._entries[place] = self._entries[last]
        self._places.pop(fd, None)
        if moved != fd:
            self._places[moved] = place
        self._count = last

    def _place(self, fd: int) -> int:
        place = self._places.get(fd)
        if place is None:
            assert self._block is not None
            place = fd - self._block.first
        return place

    def run(self) -> Program:
        yield from self.begin_or_resume()
        kernel, restart = self.kernel, self.restart
        while True:
            while self.todo:
                yield from self.serve(self.todo.pop())
            entries = self._entries[: self._count]
            yield from kernel.sys_poll(entries, restart=restart)
            self.todo = entries["fd"][np.flatnonzero(entries["revents"])].tolist()[::-1]
            kernel.work(-(-len(entries) * kernel.costs.walk_ps // 1000))
            yield

    def view(self) -> SetView:
        return SetView("pollfd", self._count, *poll_bytes(self._count), bool(self.kernel.scans))
