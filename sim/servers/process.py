"""One process for each connection: fork() at every accept, as inetd and the first web servers did.

The program is the same as with threads (:mod:`sim.servers.thread`), but each process has an address space of
its own, so that one connection cannot harm another. A process costs more to start, because page tables are
copied. It takes more memory, because each page that is written to becomes private. Each switch costs more:
the page tables change, so the entries of the TLB are lost and must be loaded again, and the working set is
larger.

After fork() the parent closes its copy of the connection, and the child its copy of the listening socket.
"""

from __future__ import annotations

from sim.machine.accounts import Account
from sim.servers.thread import ThreadServer


class ProcessServer(ThreadServer, lane="process"):
    """Waits in read, with a process for each connection."""

    @property
    def working_set_bytes(self) -> int:
        return self.kernel.costs.process_working_set_bytes

    @property
    def task_bytes(self) -> int:
        return self.kernel.costs.process_bytes

    @property
    def start_ns(self) -> int:
        return self.kernel.costs.process_start_ns

    def space_of(self, fd: int) -> int:
        return fd

    def hand_over(self, fd: int) -> None:
        super().hand_over(fd)
        for _ in ("the parent's copy of the connection", "the child's of the listening socket"):
            self.kernel.pay_call(Account.SOCKET_IO, self.kernel.costs.close_ns)
