"""``kernel.select``: the select module of a kernel that has epoll, as Linux, and kqueue, as BSD.

No real system has both. The standard library's ``selectors`` module takes the best mechanism that it
finds, and looks for kqueue first. Code that should run as on Linux therefore gets
:attr:`SelectModule.on_linux`, which has no kqueue.
"""

from __future__ import annotations

from sim.stdlib.kevent_object import KEVENT, KeventObject
from sim.stdlib.kqueue_object import KqueueObject
from sim.stdlib.linux_select import LinuxSelectModule
from sim.stdlib.process import SimulatedProcess


class SelectModule(LinuxSelectModule):
    """Linux's select module, and kqueue with FreeBSD's numbers.

    The constants name more filters than this kernel has; the kernel refuses those that it leaves out.
    """

    KQ_FILTER_READ, KQ_FILTER_WRITE, KQ_FILTER_AIO, KQ_FILTER_VNODE = -1, -2, -3, -4
    KQ_FILTER_PROC, KQ_FILTER_SIGNAL, KQ_FILTER_TIMER = -5, -6, -7
    KQ_EV_ADD, KQ_EV_DELETE, KQ_EV_ENABLE, KQ_EV_DISABLE = 0x1, 0x2, 0x4, 0x8
    KQ_EV_ONESHOT, KQ_EV_CLEAR = 0x10, 0x20
    KQ_EV_SYSFLAGS, KQ_EV_FLAG1, KQ_EV_ERROR, KQ_EV_EOF = 0xF000, 0x2000, 0x4000, 0x8000
    KQ_NOTE_LOWAT = 0x1
    KQ_NOTE_DELETE, KQ_NOTE_WRITE, KQ_NOTE_EXTEND, KQ_NOTE_ATTRIB = 0x1, 0x2, 0x4, 0x8
    KQ_NOTE_LINK, KQ_NOTE_RENAME, KQ_NOTE_REVOKE = 0x10, 0x20, 0x40
    KQ_NOTE_EXIT, KQ_NOTE_FORK, KQ_NOTE_EXEC = 0x80000000, 0x40000000, 0x20000000
    KQ_NOTE_PCTRLMASK, KQ_NOTE_PDATAMASK = 0xF0000000, 0x000FFFFF
    KQ_NOTE_TRACK, KQ_NOTE_TRACKERR, KQ_NOTE_CHILD = 0x1, 0x2, 0x4

    kqueue: type[KqueueObject]
    kevent: type[KeventObject] = KEVENT

    def __init__(self, process: SimulatedProcess) -> None:
        super().__init__(process)
        self.kqueue = KqueueObject.on(process)
        self.on_linux = LinuxSelectModule(process)
        """The module without kqueue."""
