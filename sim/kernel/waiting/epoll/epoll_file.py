"""epoll: the interest list, the ready list, and the items on them.

Linux (``fs/eventpoll.c``): a program registers a descriptor once, with ``epoll_ctl``. That makes an item in
the *interest list*, found by (open file, descriptor number), and hooks one callback on the file's wait
queue. From then on the file itself reports. When a packet arrives, the softirq wakes the socket's wait
queue, and ``ep_poll_callback`` appends the item to the *ready list*. It runs in the interrupt, while the
program does something else or sleeps. ``epoll_wait`` takes the ready list, asks each file on it again if it
is still ready (``ep_item_poll``), drops items that are not ready, and reports the others
(``ep_send_events``). A level-triggered item goes back to the tail of the list and is asked again at the next
call. An edge-triggered one does not. So the cost of a wait depends on what is *ready* (k reported, s stale),
not on the number n of descriptors.

An item is in the interest list only, or in both lists (``listed``). A one-shot item that was reported is
disarmed (``wanted`` is 0). An item is a *ghost* if its number was closed while the file stays open. An item
is removed by ``epoll_ctl(DEL)``, or when its file or its epoll closes.

Simplified: the interest list is a hash by (file, number) and not a red-black tree; each ``epoll_ctl`` is
charged for the tree. A block of untouched connections is watched as a block
(:class:`sim.kernel.descriptors.IdleBlock`) and gets its items one by one as they are touched.

An epoll can watch an epoll. Linux refuses nesting that would make one wake-up endless or long: a cycle, a
chain of more than five, and too many ways from a file up to epolls that nothing watches
(``reverse_path_check``). The number of ways is checked only if epolls are nested.

Why not otherwise: the ready list could be computed from the poll masks when the program waits. But then the
order of events, stale items and lost edges would not come out as in Linux.
"""

from __future__ import annotations

import errno
from collections import deque

from sim.kernel import poll_bits
from sim.kernel.core import KernelCore
from sim.kernel.open_file import OpenFile, Watch
from sim.kernel.poll_bits import oserror
from sim.machine.records import Effect
from sim.machine.task import Task

READY_LIST, ALREADY_LISTED, WOKE_EPOLL = Effect.READY_LIST, Effect.ALREADY_LISTED, Effect.WOKE_EPOLL
IN_OR_OUT = poll_bits.IN | poll_bits.OUT

CTL_ADD, CTL_DEL, CTL_MOD = 1, 2, 3
MAX_NESTS = 4
"""Epolls in a chain, beyond the first (``EP_MAX_NESTS``)."""
MOST_PATHS = (1000, 500, 100, 50, 10)
"""Limits of the ways up from a file, by the number of epolls between (``path_limits``). The first is not
enforced."""
EVENT_BYTES = 12
"""``sizeof(struct epoll_event)`` on x86-64, where it is packed."""
MAXEVENTS_MOST = (2**31 - 1) // EVENT_BYTES
"""``EP_MAX_EVENTS``."""
ONCE_REPORTED = poll_bits.EPOLLET | poll_bits.EPOLLONESHOT
Event = tuple[int, int]
"""``(data, events)``: the registered descriptor and its mask."""


class Item(Watch):
    """One watched descriptor (``struct epitem``): a wait-queue entry that feeds the ready list."""

    __slots__ = ("epoll", "once")

    def __init__(self, epoll: Epoll, file: OpenFile, fd: int, events: int) -> None:
        super().__init__(file, fd)
        self.epoll = epoll
        self.exclusive = bool(events & poll_bits.EPOLLEXCLUSIVE)
        self.arm(events)

    def arm(self, events: int) -> None:
        """Set the events to watch for. HUP and ERR are always watched."""
        self.events = events | poll_bits.ERR | poll_bits.HUP
        self.wanted = self.events & poll_bits.POLL_BITS
        self.once = bool(events & ONCE_REPORTED)
        """True if a reported item does not go back to the ready list."""

    def reported(self) -> None:
        """An edge-triggered or one-shot item was reported: take it off the ready list, disarm a one-shot
        one.
        """
        self.listed = False
        if self.events & poll_bits.EPOLLONESHOT:
            self.wanted = 0
            self.epoll.disarmed += 1

    def number_closed(self) -> None:
        self.epoll.ghosts.append(self)

    def file_closed(self) -> None:  # eventpoll_release_file
        self.epoll.forget(self)

    def move_to(self, file: OpenFile) -> None:
        interest = self.epoll.interest
        del interest[self.file, self.fd]
        self.file = file
        interest[file, self.fd] = self

    def wake(self, key: int) -> bool:
        """The file changed: put the item on the ready list (``ep_poll_callback``)."""
        wanted = self.wanted
        if not wanted or (key and not key & wanted):
            faults = self.epoll.kernel.faults
            if faults is not None and not wanted and self.events & poll_bits.EPOLLONESHOT:
                faults.came_for_disarmed(self)
            return False
        epoll = self.epoll
        kernel = epoll.kernel
        if self.listed:
            effect = ALREADY_LISTED
        else:
            self.listed = True
            epoll.ready.append(self)
            effect = READY_LIST
        woken = False
        if epoll.waiters:
            effect |= WOKE_EPOLL
            woken = kernel.wake(epoll.waiters.pop())
        kernel.effect |= effect
        if epoll.wait_queue.entries or kernel.scans:
            epoll.tell_watchers()
        if self.exclusive and key & IN_OR_OUT and not key & wanted & IN_OR_OUT:
            return False
        return woken


class Epoll(OpenFile):
    """The file behind an epoll descriptor (``struct eventpoll``).

    Args:
        kernel: The kernel.
        epolls: All epolls of the kernel. This one is one of them until it closes.
    """

    kernel: KernelCore

    __slots__ = (
        "collected_ns",
        "count",
        "disarmed",
        "epolls",
        "ghosts",
        "idle_blocks",
        "interest",
        "ready",
        "reported_once",
        "reports_once",
        "waiters",
    )

    lazy = True

    def __init__(self, kernel: KernelCore, epolls: list[Epoll]) -> None:
        super().__init__(kernel)
        self.epolls = epolls
        epolls.append(self)
        kernel.lazy_files[self] = None
        self.interest: dict[tuple[OpenFile, int], Item] = {}
        self.idle_blocks: list[tuple[int, int, int]] = []
        """Whole blocks that are watched: (first number, last number, events)."""
        self.count = 0
        """Watched descriptors, including those in blocks that have no item of their own yet."""
        self.disarmed = 0
        """One-shot items that have fired and were not armed again."""
        self.ready: list[Item] = []
        self.collected_ns = -1
        """Time at which epoll_wait last walked the ready list; -1 before the first time."""
        self.reports_once = False
        """True if an edge-triggered or one-shot item is or was registered."""
        self.reported_once: list[int] = []
        """Numbers that the last epoll_wait reported, and that it reports again only after new data."""
        self.ghosts: list[Item] = []
        """Items whose number was closed while their file stays open under another one."""
        self.waiters: deque[Task] = deque()
        """Tasks blocked in epoll_wait. The task that came last is woken first."""

    # -- epoll_ctl ------------------------------------------------------------------------

    def add(self, file: OpenFile, fd: int, events: int) -> None:
        """Register a descriptor (EPOLL_CTL_ADD, ``ep_insert``).

        Raises:
            OSError: EEXIST, it is watched already; ELOOP; EINVAL, flags that exclude each other, or too
                many ways for a wake-up.
        """
        if events & poll_bits.EPOLLEXCLUSIVE:
            allowed = poll_bits.IN | poll_bits.OUT | poll_bits.ERR | poll_bits.HUP
            allowed |= poll_bits.EPOLLEXCLUSIVE | poll_bits.EPOLLET | poll_bits.EPOLLWAKEUP
            if events & ~allowed or isinstance(file, Epoll):
                raise oserror(errno.EINVAL)
        if isinstance(file, Epoll):
            self._check_nesting(file)
        if (file, fd) in self.interest:
            raise oserror(errno.EEXIST)
        nested = isinstance(file, Epoll) or self.watches
        item = self.hook(file, fd, events)
        if nested and any(map(too_many_paths, leaves_below(file))):
            self.forget(item)
            raise oserror(errno.EINVAL)
        self._list_if_ready(item)

    def hook(self, file: OpenFile, fd: int, events: int) -> Item:
        """Make an item and add it to the file's wait queue."""
        item = Item(self, file, fd, events)
        if item.once:
            self.reports_once = True
        self.interest[file, fd] = item
        self.count += 1
        file.watches.append(item)
        file.wait_queue.add(item)
        return item

    def _check_nesting(self, inner: Epoll) -> None:
        """Raise ELOOP if watching another epoll makes a cycle or too long a chain (``ep_loop_check``)."""
        if inner.reaches(self) or inner.depth() + 1 + self.height() > MAX_NESTS:
            raise oserror(errno.ELOOP)

    def reaches(self, other: Epoll) -> bool:
        """True if this epoll is ``other``, or watches it directly or through others."""
        return self is other or any(epoll.reaches(other) for epoll in self._watched_epolls())

    def depth(self) -> int:
        """Number of epolls below this one, on the longest way down."""
        return max((1 + epoll.depth() for epoll in self._watched_epolls()), default=0)

    def height(self) -> int:
        """Number of epolls above this one, on the longest way up."""
        return max((1 + item.epoll.height() for item in items_of(self)), default=0)

    def _watched_epolls(self) -> list[Epoll]:
        return [file for file, _ in self.interest if isinstance(file, Epoll)]

    def watch_block(self, first: int, last: int, events: int) -> None:
        """Register every descriptor of a block of untouched connections."""
        if not self.idle_blocks:
            self.kernel.block_watchers.append(self)
        self.idle_blocks.append((first, last, events))
        self.count += last - first + 1

    def materialize(self, file: OpenFile, fd: int) -> None:
        """A descriptor of a watched block is touched for the first time: give it an item."""
        for first, last, events in self.idle_blocks:
            if first <= fd <= last:
                self.count -= 1  # hook() counts it again
                self.hook(file, fd, events)
                return

    def modify(self, file: OpenFile, fd: int, events: int) -> None:
        """Change the events of a registered descriptor (EPOLL_CTL_MOD, ``ep_modify``).

        Raises:
            OSError: ENOENT, it is not watched; EINVAL, EPOLLEXCLUSIVE is set, before or after.
        """
        if events & poll_bits.EPOLLEXCLUSIVE:
            raise oserror(errno.EINVAL)
        item = self._find(file, fd)
        if item.events & poll_bits.EPOLLEXCLUSIVE:
            raise oserror(errno.EINVAL)
        self.disarmed -= not item.wanted
        item.arm(events)
        self._list_if_ready(item)

    def delete(self, file: OpenFile, fd: int) -> None:
        """Remove a descriptor (EPOLL_CTL_DEL, ``ep_remove``).

        Raises:
            OSError: ENOENT, it is not watched.
        """
        self.forget(self._find(file, fd))

    def forget(self, item: Item) -> None:
        """Remove an item from the interest list, its file's wait queue and the ready list."""
        del self.interest[item.file, item.fd]
        self.count -= 1
        self.disarmed -= not item.wanted
        item.file.watches.remove(item)
        item.file.wait_queue.remove(item)
        if item.listed:
            item.listed = False
            self.ready.remove(item)
        if item in self.ghosts:
            self.ghosts.remove(item)

    def _find(self, file: OpenFile, fd: int) -> Item:
        item = self.interest.get((file, fd))
        if item is None:
            raise oserror(errno.ENOENT)
        return item

    def _list_if_ready(self, item: Item) -> None:
        """Ask the file once, as ADD and MOD do; put the item on the ready list if the file is ready."""
        item.file.refresh()
        if not item.listed and item.file.mask & item.wanted:
            item.listed = True
            self.ready.append(item)
            self.wake_one()
            self.tell_watchers()

    # -- epoll_wait -----------------------------------------------------------------------

    def wake_one(self) -> bool:
        """Wake the task that began to wait last; True if a task slept."""
        if not self.waiters:
            return False
        self.kernel.effect |= WOKE_EPOLL
        return self.kernel.wake(self.waiters.pop())

    def collect(self, most: int) -> tuple[list[Event], int]:
        """Walk the ready list until ``most`` events are found (``ep_send_events``).

        Returns:
            The events, and the number of stale items, which were listed but no longer ready.
        """
        walked, self.ready = self.ready, []
        self.collected_ns = now_ns = self.kernel.now_ns
        events: list[Event] = []
        again: list[Item] = []
        rest: list[Item] = []
        stale = 0
        for item in walked:
            file = item.file
            if file.lazy:
                file.refresh()
            item.checked_ns = now_ns
            mask = file.mask & item.wanted
            if not mask:
                item.listed = False
                stale += 1
                continue
            events.append((item.fd, mask))
            if item.once:
                item.reported()
                self.reported_once.append(item.fd)
            else:
                again.append(item)
            if len(events) == most:
                rest = walked[most + stale :]
                break
        if rest or self.ready:
            again = rest + self.ready + again
        self.ready = again
        if again and self.waiters:
            self.wake_one()
        return events, stale

    # -- watched by others ----------------------------------------------------------------

    def tell_watchers(self) -> None:
        """The ready list is not empty: wake the tasks that wait for this epoll's own descriptor."""
        self.set_mask(poll_bits.IN | poll_bits.RDNORM)
        self.notify(poll_bits.IN)

    def refresh(self) -> None:
        """Ready if an item is ready; stale items at the head are dropped (``ep_eventpoll_poll``)."""
        if not self.ready and not self.mask:
            return
        while self.ready:
            item = self.ready[0]
            item.file.refresh()
            if item.file.mask & item.wanted:
                self.set_mask(poll_bits.IN | poll_bits.RDNORM)
                return
            item.listed = False
            del self.ready[0]
        self.set_mask(0)

    def released(self) -> None:
        """The epoll is closed: remove every item."""
        for item in tuple(self.interest.values()):
            self.forget(item)
        self.epolls.remove(self)
        del self.kernel.lazy_files[self]
        if self.idle_blocks:
            self.kernel.block_watchers.remove(self)


def items_of(file: OpenFile) -> list[Item]:
    """Items of all epolls that watch a file."""
    return [watch for watch in file.watches if isinstance(watch, Item)]


def leaves_below(file: OpenFile) -> set[OpenFile]:
    """Files at the lower ends of the chains of epolls that begin with ``file``."""
    if not isinstance(file, Epoll):
        return {file}
    return set().union(*(leaves_below(watched) for watched, _ in file.interest))


def too_many_paths(file: OpenFile) -> bool:
    """True if there are too many ways up from a file for its wake-up (``reverse_path_check_proc``)."""
    counts = [0] * len(MOST_PATHS)

    def climb(below: OpenFile, epolls_between: int) -> None:
        for item in items_of(below):
            if item.epoll.watches:
                climb(item.epoll, epolls_between + 1)
            elif epolls_between:
                counts[epolls_between] += 1

    climb(file, 0)
    return any(count > most for count, most in zip(counts, MOST_PATHS, strict=True))
