"""Records of the journal: the events that the kernel writes down.

Every packet, every wake-up and every call leaves one record with its virtual time. The screen, the interrupt
feed, its counters and the tests read these records and nothing else. No part of the program computes the same
events a second time.

A record is a plain tuple of six integers. The kernel makes several for each request, and a tuple is the
cheapest object that Python can make::

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
           (select and poll only: epoll_wait knows
           at once if it SLEEPs or RETURNs)
RETURN     descriptors reported; ``fd`` is -1          passes it took           call
SLEEP      0; ``fd`` is -1, or the descriptor that     0                        call
           a read, write or accept waits for
HELD       bytes of a request that waits at the       an :class:`Effect`       arrival
           client, because the window is full
DROP       payload bytes lost; ``fd`` -1 if no one     a :class:`DropReason`    arrival
           holds the connection
STRIKE     times the fault has struck; ``fd`` is -1    which: an index into     0
           if it concerns no descriptor                :data:`~sim.scenario.faults.STRIKING`
=========  ==========================================  =======================  ============

What a client has held back arrives in packets with the serial ``-1 - client``, because they belong to no
arrival of the schedule. A drop without a packet (CONNECTION_GONE) has the serial ``-1 - client``; its
``value`` is the sum over all requests that the client loses. A fault has a record for its first strike, its
tenth, its hundredth and so on, because a mistake in a busy loop would fill the journal.

``serial`` of an arrival is its number in the race's schedule. The same packet has the same serial in every
lane, and the feed shows the answers of the lanes side by side by it.
"""

from __future__ import annotations

from typing import Final

Record = tuple[int, int, int, int, int, int]
"""``(time_ns, kind, fd, value, effect, serial)``."""


class Kind:
    """Kinds of records. Plain numbers, because combining members of an enum costs more than a call."""

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
    HELD: Final = 11


class Effect:
    """Effects of the arrival of one packet on its way up from the interrupt: bits combined by or."""

    NOBODY: Final = 0
    """Nothing was hooked on the socket. The bytes stay in its buffer until a program asks."""
    READY_LIST: Final = 1
    """``ep_poll_callback`` appended the item to the ready list of an epoll."""
    ALREADY_LISTED: Final = 2
    """The item was on the ready list already."""
    WOKE_EPOLL: Final = 4
    """A task blocked in ``epoll_wait`` was made runnable."""
    WOKE_SCAN: Final = 8
    """A task asleep in ``select`` or ``poll`` was made runnable. It scans all descriptors again."""
    SCAN_AHEAD: Final = 16
    """The packet arrived ahead of a scan in progress, which will find it."""
    SCAN_BEHIND: Final = 32
    """The packet arrived behind the front of a scan in progress, which misses it."""
    KNOTE: Final = 64
    """A filter held, and its knote was put on the queue of a kqueue."""
    KNOTE_AGAIN: Final = 128
    """A filter held, and its knote was on the queue already."""
    TASK_WORK: Final = 256
    """A request of an io_uring was woken, and its task work was queued."""
    TASK_WORK_AGAIN: Final = 512
    """The request's task work was queued already."""
    COMPLETED: Final = 1024
    """An overlapped operation ended, and its result is on the queue of the completion port."""
    WOKE_WAITER: Final = 2048
    """A task asleep in kevent, in io_uring_enter or at a completion port was made runnable."""
    WOKE_TASK: Final = 4096
    """A task asleep in a plain read, write or accept was made runnable."""
    HELD: Final = 8192
    """The window had no room for it: it waits in the client's send buffer. No packet came."""
    UNSENT: Final = 16_384
    """The client's send buffer had no room either: its write() waited, and it did not make the request."""


class DropReason:
    """The reason for which the kernel did not take something that a client sent."""

    BACKLOG_FULL: Final = 2
    """The listening socket's backlog was full when the handshake completed."""
    NOT_CONNECTED: Final = 3
    """The client had no connection to send on."""
    CONNECTION_GONE: Final = 4
    """A change of settings removed the connection before the answer."""
