"""One process for each connection: fork() at every accept, as inetd and the first web servers did.

The same program as with threads (:mod:`sim.servers.thread`), in an address space of its own: what one
connection does cannot harm another. It costs more to start (page tables are copied), more memory (each
page that is written to becomes private), and more at each switch: other page tables, so that the entries
of the TLB are lost and have to be found again, and a larger working set.

After fork() the parent closes its copy of the connection, the child its copy of the listening socket.
"""

from __future__ import annotations

from sim.machine.accounts import Account
from sim.servers.thread import ThreadServer


class ProcessServer(ThreadServer, lane="process"):
    """Waits in read, in as many processes as there are connections."""

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
