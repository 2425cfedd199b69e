"""``kernel.select.kqueue``: the class, as Python has it on BSD.

CPython's part of the calls (``Modules/selectmodule.c``) is done here: it converts and checks arguments, and
makes one ``kevent()`` call of a list of changes and a number of events. Each kernel has a class of its own,
because the arguments of ``kqueue()`` and ``kqueue.fromfd()`` do not name a kernel.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import SupportsIndex

from sim.kernel.waiting.kqueue.kevent import Kevent
from sim.kernel.waiting.kqueue.kqueue import Kqueue
from sim.stdlib.argument_checks import c_int
from sim.stdlib.durations import Seconds, duration_ns
from sim.stdlib.kevent_object import KEVENT, KeventObject
from sim.stdlib.owned_descriptor import OwnedDescriptor
from sim.stdlib.process import SimulatedProcess


class KqueueObject(OwnedDescriptor):
    """A kqueue object: the descriptor of a list of knotes in the kernel."""

    _called = "kqueue"

    __slots__ = ()

    @staticmethod
    def on(process: SimulatedProcess) -> type[KqueueObject]:
        """The class for one process."""
        return type("kqueue", (KqueueObject,), {"_process": process, "__module__": "select", "__slots__": ()})

    def __init__(self) -> None:
        self._fd = self._process.call(self._process.kernel.sys_kqueue)

    @classmethod
    def fromfd(cls, fd: SupportsIndex, /) -> KqueueObject:
        """An object for an existing kqueue descriptor."""
        kqueue = cls.__new__(cls)
        kqueue._fd = c_int(fd)
        return kqueue

    def control(
        self,
        changelist: Iterable[KeventObject] | None,
        maxevents: SupportsIndex,
        timeout: Seconds | None = None,
        /,
    ) -> list[KeventObject]:
        """Apply changes, then wait for events.

        Args:
            changelist: kevents to apply, in order; None applies none.
            maxevents: largest number of events to report; 0 does not wait.
            timeout: seconds to wait at most; None waits without a limit.

        Raises:
            OSError: ENOENT, EBADF or EINVAL of a change, if ``maxevents`` has no room to report it.
        """
        most = c_int(maxevents)
        kqfd = self.fileno()
        if most < 0:
            raise ValueError(f"Length of eventlist must be 0 or positive, got {most}")
        limit_ns = None if timeout is None else _timeout_ns(timeout)
        changes = [] if changelist is None else _raw(changelist)
        kernel = self._process.kernel
        found = self._process.wait(kernel.sys_kevent(kqfd, changes, most, limit_ns), self._description)
        return [KEVENT.of(event) for event in found]

    def _description(self) -> str:
        kqueue = self._process.kernel.table.files.get(self._fd)
        watched = sorted({ident for ident, _ in kqueue.knotes}) if isinstance(kqueue, Kqueue) else []
        named = ", ".join(map(str, watched)) or "nothing"
        return f"kqueue.control on descriptor {self._fd}, which watches {named},"


def _timeout_ns(timeout: Seconds) -> int:
    try:
        limit_ns = duration_ns(timeout)
    except TypeError:
        kind = type(timeout).__name__
        raise TypeError(f"timeout argument must be a number or None, got {kind}") from None
    if limit_ns < 0:
        raise ValueError("timeout must be positive or None")
    return limit_ns


def _raw(changelist: Iterable[KeventObject]) -> list[Kevent]:
    try:
        changes = list(changelist)
    except TypeError:
        raise TypeError("changelist is not iterable") from None
    if not all(isinstance(change, KeventObject) for change in changes):
        raise TypeError("changelist must be an iterable of select.kevent objects")
    return [change.raw() for change in changes]
