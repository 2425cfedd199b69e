"""``sim.Kernel``: a simulated kernel as a Python program sees it, with modules of the standard library.

Each module is imported and made when it is first asked for. Why not all at once: a race needs the kernel
and no module, and asyncio alone takes longer to import than the whole simulator.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from sim.kernel.kernel import RawKernel

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

    from sim.stdlib.asyncio.package import AsyncioPackage
    from sim.stdlib.os import OsModule
    from sim.stdlib.process import SimulatedProcess
    from sim.stdlib.select import SelectModule
    from sim.stdlib.socket import SocketModule
    from sim.stdlib.threading import ThreadingModule
    from sim.stdlib.time import TimeModule


class Kernel(RawKernel):
    """A simulated kernel with one process outside it, and that process's modules."""

    @cached_property
    def process(self) -> SimulatedProcess:
        """The process whose system calls the modules make."""
        from sim.stdlib.process import SimulatedProcess

        return SimulatedProcess(self)

    @cached_property
    def select(self) -> SelectModule:
        """The select module."""
        from sim.stdlib.select import SelectModule

        return SelectModule(self.process)

    @cached_property
    def socket(self) -> SocketModule:
        """The socket module."""
        from sim.stdlib.socket import SocketModule

        return SocketModule(self.process)

    @cached_property
    def os(self) -> OsModule:
        """The os module."""
        from sim.stdlib.os import OsModule

        return OsModule(self.process)

    @cached_property
    def time(self) -> TimeModule:
        """The time module."""
        from sim.stdlib.time import TimeModule

        return TimeModule(self.process)

    @cached_property
    def threading(self) -> ThreadingModule:
        """The threading module."""
        from sim.stdlib.threading import ThreadingModule

        return ThreadingModule(self.process)

    @cached_property
    def asyncio(self) -> AsyncioPackage:
        """The asyncio package."""
        from sim.stdlib.asyncio.package import AsyncioPackage

        return AsyncioPackage(self.process, self.socket, self.select.on_linux, self.time, self.threading)


def asyncio_loop(kernel: Kernel) -> AbstractEventLoop:
    """A new asyncio event loop whose selector, sockets, clock and resolver are a kernel's.

    Unmodified asyncio code runs on it, in virtual time::

        loop = asyncio_loop(sim.Kernel())
        loop.run_until_complete(asyncio.sleep(3600))  # one hour of virtual time; returns at once
        loop.close()
    """
    loop: AbstractEventLoop = kernel.asyncio.new_event_loop()
    return loop
