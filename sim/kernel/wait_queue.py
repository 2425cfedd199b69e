"""Wait queues: who is to be told when a file changes.

Linux hangs a ``wait_queue_head`` on every file that can be polled. Waiters put entries on it, each
with a function of its own, and a wake-up walks the queue and calls them
(``kernel/sched/wait.c: __wake_up_common``). Plain entries go to the head. *Exclusive* ones go to
the tail, and the walk ends after the first exclusive entry that really woke someone: that is what
keeps one event from waking a whole herd. A wake-up without a key (shutdown, close) reaches all.

Entries here are ``ep_poll_callback`` (an epoll's item, :mod:`sim.kernel.waiting.epoll.epoll_file`) and a
plain sleeping task. select and poll would add an entry to each of n queues; a call that sleeps is one object
that knows which descriptors it hooked instead (:mod:`sim.kernel.waiting.scan`), and is charged for the n
entries.
"""

from __future__ import annotations

from typing import Protocol

from sim.kernel.poll_bits import NO_KEY


class Waiter(Protocol):
    """An entry on a wait queue."""

    exclusive: bool

    def wake(self, key: int) -> bool:
        """Hear of a change; whether this entry made use of it (only asked of exclusive ones)."""


class WaitQueue:
    """The entries of one file, in the order in which they are called."""

    __slots__ = ("entries",)

    def __init__(self) -> None:
        self.entries: list[Waiter] = []

    def add(self, entry: Waiter) -> None:
        """Hook an entry: exclusive ones at the tail, all others at the head."""
        if entry.exclusive:
            self.entries.append(entry)
        else:
            self.entries.insert(0, entry)

    def remove(self, entry: Waiter) -> None:
        """Unhook an entry."""
        self.entries.remove(entry)

    def wake(self, key: int) -> int:
        """Tell the entries, in order, until an exclusive one has used it.

        Returns:
            How many entries were called.
        """
        called = 0
        for entry in tuple(self.entries):
            called += 1
            if entry.wake(key) and entry.exclusive and key != NO_KEY:
                break
        return called
