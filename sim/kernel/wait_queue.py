"""Wait queues: the functions that run when a file changes.

In Linux every file that can be polled has a ``wait_queue_head``. Waiters put entries on it, each with a
function of its own, and a wake-up walks the queue and calls the functions (``kernel/sched/wait.c:
__wake_up_common``). Plain entries go to the head. *Exclusive* entries go to the tail, and the walk ends after
the first exclusive entry that really woke a task, so that one event does not wake a whole herd. A wake-up
without a key (shutdown, close) reaches all entries.

Entries here are items of an epoll (``ep_poll_callback``), knotes of a kqueue, requests of an io_uring,
handles of a completion port, and plain sleeping tasks (:mod:`sim.kernel.sleeper`).

Why not otherwise: in Linux select and poll add an entry to each of n queues. Here a call that sleeps is one
object that knows which descriptors it hooked (:mod:`sim.kernel.waiting.scan`), and it is charged for the n
entries. A million list insertions in each call would be too slow.
"""

from __future__ import annotations

from typing import Protocol

from sim.kernel.poll_bits import NO_KEY


class Waiter(Protocol):
    """An entry on a wait queue."""

    exclusive: bool

    def wake(self, key: int) -> bool:
        """The file changed. True if the entry used the change; an exclusive entry then ends the walk."""


class WaitQueue:
    """The entries of one file in the order in which they are called."""

    __slots__ = ("entries",)

    def __init__(self) -> None:
        self.entries: list[Waiter] = []

    def add(self, entry: Waiter) -> None:
        """Add an entry: an exclusive one at the tail, any other at the head."""
        if entry.exclusive:
            self.entries.append(entry)
        else:
            self.entries.insert(0, entry)

    def remove(self, entry: Waiter) -> None:
        """Remove an entry."""
        self.entries.remove(entry)

    def wake(self, key: int) -> int:
        """Call the entries in order, until an exclusive entry has used the change.

        Returns:
            The number of entries called.
        """
        called = 0
        for entry in tuple(self.entries):
            called += 1
            if entry.wake(key) and entry.exclusive and key != NO_KEY:
                break
        return called
