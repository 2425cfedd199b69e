"""What a kernel looks like to a program in Python: the faces, made when they are first asked for."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from sim.faces.os import OsModule
    from sim.faces.process import Process
    from sim.faces.select import SelectModule
    from sim.faces.socket import SocketModule
    from sim.faces.threading import ThreadingModule
    from sim.faces.time import TimeModule
    from sim.kernel import Kernel
    from sim.loop.package import AsyncioPackage


class Faces:
    """The part of a kernel that stands where modules of the standard library stand."""

    @property
    def _kernel(self) -> Kernel:
        return cast("Kernel", self)

    @cached_property
    def _process(self) -> Process:
        from sim.faces.process import Process

        return Process(self._kernel)

    @cached_property
    def select(self) -> SelectModule:
        """Stands where the select module stands."""
        from sim.faces.select import SelectModule

        return SelectModule(self._process)

    @cached_property
    def socket(self) -> SocketModule:
        """Stands where the socket module stands."""
        from sim.faces.socket import SocketModule

        return SocketModule(self._process)

    @cached_property
    def os(self) -> OsModule:
        """Stands where the os module stands."""
        from sim.faces.os import OsModule

        return OsModule(self._process)

    @cached_property
    def time(self) -> TimeModule:
        """Stands where the time module stands."""
        from sim.faces.time import TimeModule

        return TimeModule(self._process)

    @cached_property
    def threading(self) -> ThreadingModule:
        """Stands where the threading module stands."""
        from sim.faces.threading import ThreadingModule

        return ThreadingModule(self._process)

    @cached_property
    def asyncio(self) -> AsyncioPackage:
        """Stands where the asyncio package stands."""
        from sim.loop.package import AsyncioPackage

        return AsyncioPackage(self._kernel)
