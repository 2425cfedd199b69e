"""What the kernel writes down: the journal's records.

Every packet, every wake-up and every call leaves one record, stamped with virtual time. The
screen, the interrupt feed, the counters shown beside it and the tests read these and nothing
else; nobody works out a second version of what happened.

A record is a plain tuple of six integers, because the kernel makes several of them for each
request and a tuple is the cheapest thing Python can make::

    (time_ns, kind, fd, value, effect, serial)

=========  ==========================================  =======================  ============
kind       ``value``                                   ``effect``               ``serial``
=========  ==========================================  =======================  ============
PACKET     payload bytes (0: handshake or FIN)         an :class:`Effect`       arrival
READ       bytes read (0: end of file)                 0                        call
WRITE      bytes written                               0                        call
ACCEPT     0 (``fd``: the new descriptor)              0                        call
CLOSE      0                                           0                        call
CTL        an EPOLL_CTL_* operation                    0                        call
CALL       descriptors asked about; ``fd`` is -1       0                        call
           (select and poll only: epoll_wait finds
           out at once, and goes to SLEEP or RETURN)
RETURN     descriptors reported; ``fd`` is -1          passes it took           call
SLEEP      0; ``fd`` is -1, or what a thread blocks    0                        call
           on (read, write, accept)
DROP       payload bytes lost; ``fd`` -1 if no one     a :class:`DropReason`    arrival
           holds the connection
STRIKE     how often it has struck by now; ``fd`` is   which: an index into     0
           -1 where none is concerned                  :data:`~sim.scenario.faults.STRIKING`
=========  ==========================================  =======================  ============

A drop for which no packet arrives (CONNECTION_GONE) has the serial ``-1 - client``; its ``value`` is
the sum over all the requests that client loses. A fault's first strike has a record, then its tenth, its
hundredth …: a mistake in a busy loop would leave no room for anything else.

``serial`` of an arrival is its number in the race's schedule: the same packet has the same
serial in every lane, which is how the feed lays the lanes' answers side by side.
"""

from __future__ import annotations

from typing import Final

Record = tuple[int, int, int, int, int, int]
"""``(time_ns, kind, fd, value, effect, serial)``."""


class Kind:
    """What a record tells of. Plain numbers: combining members of an enum costs more than a call."""

    PACKET: Final = 0
    READ: Final = 1
    WRITE: Final = 2
    ACCEPT: Final = 3
    CLOSE: Final = 4
    CTL: Final = 5
    CALL: Final = 6
    RETURN: Final = 7
    SLEEP: Final = 8
    DROP: Final = 9
    STRIKE: Final = 10


class Effect:
    """What the arrival of one packet caused on its way up from the interrupt: bits, combined by or."""

    NOBODY: Final = 0
    """No one was hooked on the socket: the bytes lie in its buffer until someone asks."""
    READY_LIST: Final = 1
    """``ep_poll_callback`` appended the item to an epoll's ready list."""
    ALREADY_LISTED: Final = 2
    """The item was on the ready list already; nothing was added."""
    WOKE_EPOLL: Final = 4
    """A task blocked in ``epoll_wait`` was made runnable."""
    WOKE_SCAN: Final = 8
    """A task asleep in ``select`` or ``poll`` was made runnable: it scans everything again."""
    SCAN_AHEAD: Final = 16
    """It arrived ahead of a scan in progress, which will find it."""
    SCAN_BEHIND: Final = 32
    """It arrived behind the front of a scan in progress, which therefore misses it."""
    KNOTE: Final = 64
    """A filter held, and its knote was put on a kqueue's queue."""
    KNOTE_AGAIN: Final = 128
    """A filter held, but its knote was on the queue already."""
    TASK_WORK: Final = 256
    """A request on an io_uring was woken, and has its task work queued."""
    TASK_WORK_AGAIN: Final = 512
    """The request's task work was queued already."""
    COMPLETED: Final = 1024
    """An overlapped operation ended: its result is on the completion port's queue."""
    WOKE_WAITER: Final = 2048
    """A task that waited in kevent, io_uring_enter or at a completion port was made runnable."""
    WOKE_TASK: Final = 4096
    """A task blocked in a plain read, write or accept was made runnable."""


class DropReason:
    """Why something a client sent was not taken."""

    BUFFER_FULL: Final = 1
    """The receive buffer had no room for it."""
    BACKLOG_FULL: Final = 2
    """The listening socket's backlog was full when the handshake completed."""
    NOT_CONNECTED: Final = 3
    """The client had no connection to send on."""
    CONNECTION_GONE: Final = 4
    """A change of settings took the connection away before the answer."""
