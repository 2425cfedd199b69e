"""What a kernel looks like to a program in Python: the faces, made when they are first asked for."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from sim.kernel.kernel import RawKernel

if TYPE_CHECKING:
    from sim.stdlib.asyncio.package import AsyncioPackage
    from sim.stdlib.os import OsModule
    from sim.stdlib.process import Process
    from sim.stdlib.select import SelectModule
    from sim.stdlib.socket import SocketModule
    from sim.stdlib.threading import ThreadingModule
    from sim.stdlib.time import TimeModule


class Kernel(RawKernel):
    """A simulated kernel whose attributes stand where modules of the standard library stand."""

    @cached_property
    def _process(self) -> Process:
        from sim.stdlib.process import Process

        return Process(self)

    @cached_property
    def select(self) -> SelectModule:
        """Stands where the select module stands."""
        from sim.stdlib.select import SelectModule

        return SelectModule(self._process)

    @cached_property
    def socket(self) -> SocketModule:
        """Stands where the socket module stands."""
        from sim.stdlib.socket import SocketModule

        return SocketModule(self._process)

    @cached_property
    def os(self) -> OsModule:
        """Stands where the os module stands."""
        from sim.stdlib.os import OsModule

        return OsModule(self._process)

    @cached_property
    def time(self) -> TimeModule:
        """Stands where the time module stands."""
        from sim.stdlib.time import TimeModule

        return TimeModule(self._process)

    @cached_property
    def threading(self) -> ThreadingModule:
        """Stands where the threading module stands."""
        from sim.stdlib.threading import ThreadingModule

        return ThreadingModule(self._process)

    @cached_property
    def asyncio(self) -> AsyncioPackage:
        """Stands where the asyncio package stands."""
        from sim.stdlib.asyncio.package import AsyncioPackage

        return AsyncioPackage(self)
