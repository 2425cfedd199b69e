"""epoll: the interest list, the ready list, and who puts what on it.

Linux (``fs/eventpoll.c``): a program registers a descriptor once, with ``epoll_ctl``. That makes an
item in the *interest list*, found by (open file, descriptor number), and hooks one callback on the
file's wait queue. From then on the file itself reports: when a packet arrives, the softirq wakes
the socket's wait queue, and ``ep_poll_callback`` appends the item to the *ready list*, from the
interrupt, while the program does something else or sleeps. ``epoll_wait`` takes the ready list as
it is, asks each file on it once more whether it is still ready (``ep_item_poll``), drops those that
are not, and reports the rest (``ep_send_events``). A level-triggered item goes back to the list's
tail, to be asked again at the next call; an edge-triggered one does not.

So a wait costs what is *ready* (k reported, s stale), whatever the number n of descriptors.

Simplified: the interest list is a hash by (file, number), not a red-black tree, with the tree's
cost charged per ``epoll_ctl``; a block of untouched connections is watched as a block
(:class:`sim.kernel.descriptors.IdleBlock`), and gets its items one by one as they are touched.

An epoll can watch an epoll. What would make one wake-up endless or long is refused: a cycle, a chain of
more than five, and too many ways by which a file's wake-up would run up to the epolls that nobody
watches (``reverse_path_check``), which is looked at only where epolls are nested.
"""

from __future__ import annotations

import errno
from collections import deque
from typing import TYPE_CHECKING

from sim.kernel import poll_bits
from sim.kernel.open_file import OpenFile, Watch
from sim.kernel.poll_bits import oserror
from sim.machine.records import Effect

READY_LIST, ALREADY_LISTED, WOKE_EPOLL = Effect.READY_LIST, Effect.ALREADY_LISTED, Effect.WOKE_EPOLL
IN_OR_OUT = poll_bits.IN | poll_bits.OUT

if TYPE_CHECKING:
    from sim.kernel.core import KernelCore
    from sim.machine.task import Task

CTL_ADD = 1
CTL_DEL = 2
CTL_MOD = 3
MAX_NESTS = 4
"""Epolls that can watch each other in a chain, beyond the first (``EP_MAX_NESTS``)."""
MOST_PATHS = (1000, 500, 100, 50, 10)
"""Ways up from a file, by how many epolls are between (``path_limits``); the first is not held to."""
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
        """Set what is watched for; HUP and ERR always are."""
        self.events = events | poll_bits.ERR | poll_bits.HUP
        self.wanted = self.events & poll_bits.POLL_BITS
        self.once = bool(events & ONCE_REPORTED)
        """Does not go back to the ready list when it was reported."""

    def reported(self) -> None:
        """An edge-triggered or one-shot item was reported."""
        self.listed = False
        if self.events & poll_bits.EPOLLONESHOT:
            self.wanted = 0
            self.epoll.disarmed += 1

    def number_closed(self) -> None:
        """Its number was closed while the file lives on: the item stays, as a ghost."""
        self.epoll.ghosts.append(self)

    def file_closed(self) -> None:
        """The file is closed: the item goes (``eventpoll_release_file``)."""
        self.epoll.forget(self)

    def move_to(self, file: OpenFile) -> None:
        """Another file takes the place of the watched one."""
        interest = self.epoll.interest
        del interest[self.file, self.fd]
        self.file = file
        interest[file, self.fd] = self

    def wake(self, key: int) -> bool:
        """``ep_poll_callback``: the file changed, so put the item on the ready list."""
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
    """What an epoll descriptor points to (``struct eventpoll``)."""

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
        """Blocks watched whole: (first, last, events)."""
        self.count = 0
        """Descriptors watched, those in blocks that have no item of their own yet included."""
        self.disarmed = 0
        """One-shot items among them that have fired and were not armed again."""
        self.ready: list[Item] = []
        self.collected_ns = -1
        """When epoll_wait last walked the ready list."""
        self.reports_once = False
        """Whether an edge-triggered or one-shot item is or was among them."""
        self.reported_once: list[int] = []
        """Numbers reported by the last epoll_wait that will not be reported again by themselves."""
        self.ghosts: list[Item] = []
        """Items whose number was closed while their file stays open under another one."""
        self.waiters: deque[Task] = deque()
        """Tasks blocked in epoll_wait; the last to come is the first to be woken."""

    # -- epoll_ctl ------------------------------------------------------------------------

    def add(self, file: OpenFile, fd: int, events: int) -> None:
        """ADD: ``ep_insert``.

        Raises:
            OSError: EEXIST, watched already; ELOOP; EINVAL, flags that exclude each other, or too many
                ways for a wake-up.
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
        """Make an item and put it on the file's wait queue."""
        item = Item(self, file, fd, events)
        if item.once:
            self.reports_once = True
        self.interest[file, fd] = item
        self.count += 1
        file.watches.append(item)
        file.wait_queue.add(item)
        return item

    def _check_nesting(self, inner: Epoll) -> None:
        """Whether it may watch another epoll (``ep_loop_check``): ELOOP for a cycle, or too deep."""
        if inner.reaches(self) or inner.depth() + 1 + self.height() > MAX_NESTS:
            raise oserror(errno.ELOOP)

    def reaches(self, other: Epoll) -> bool:
        """Whether this epoll is ``other`` or watches it, directly or through others."""
        return self is other or any(epoll.reaches(other) for epoll in self._watched_epolls())

    def depth(self) -> int:
        """Epolls below this one, on the longest way down."""
        return max((1 + epoll.depth() for epoll in self._watched_epolls()), default=0)

    def height(self) -> int:
        """Epolls above this one, on the longest way up."""
        return max((1 + item.epoll.height() for item in items_of(self)), default=0)

    def _watched_epolls(self) -> list[Epoll]:
        return [file for file, _ in self.interest if isinstance(file, Epoll)]

    def watch_block(self, first: int, last: int, events: int) -> None:
        """ADD every descriptor of a block of untouched connections."""
        if not self.idle_blocks:
            self.kernel.block_watchers.append(self)
        self.idle_blocks.append((first, last, events))
        self.count += last - first + 1

    def materialize(self, file: OpenFile, fd: int) -> None:
        """A descriptor of a watched block is touched: give it its item."""
        for first, last, events in self.idle_blocks:
            if first <= fd <= last:
                self.count -= 1  # hook() counts it again
                self.hook(file, fd, events)
                return

    def modify(self, file: OpenFile, fd: int, events: int) -> None:
        """MOD: ``ep_modify``.

        Raises:
            OSError: ENOENT, not watched; EINVAL, EPOLLEXCLUSIVE is or would be set.
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
        """DEL: ``ep_remove``.

        Raises:
            OSError: ENOENT, not watched.
        """
        self.forget(self._find(file, fd))

    def forget(self, item: Item) -> None:
        """Take an item off the interest list, its wait queue and the ready list."""
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
        """ADD and MOD ask the file once; what is ready goes on the list."""
        item.file.refresh()
        if not item.listed and item.file.mask & item.wanted:
            item.listed = True
            self.ready.append(item)
            self.wake_one()
            self.tell_watchers()

    # -- epoll_wait -----------------------------------------------------------------------

    def wake_one(self) -> bool:
        """Wake the task that came last to wait here."""
        if not self.waiters:
            return False
        self.kernel.effect |= WOKE_EPOLL
        return self.kernel.wake(self.waiters.pop())

    def collect(self, most: int) -> tuple[list[Event], int]:
        """``ep_send_events``: walk the ready list until ``most`` events are found.

        Returns:
            The events, and how many items were stale: listed, but not ready any more.
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

    # -- being watched itself -------------------------------------------------------------

    def tell_watchers(self) -> None:
        """Something is on the ready list: wake whoever waits for this epoll's own descriptor."""
        self.set_mask(poll_bits.IN | poll_bits.RDNORM)
        self.notify(poll_bits.IN)

    def refresh(self) -> None:
        """``ep_eventpoll_poll``: ready if an item is; stale ones at the head are dropped."""
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
        """Closed: every item is unhooked."""
        for item in tuple(self.interest.values()):
            self.forget(item)
        self.epolls.remove(self)
        del self.kernel.lazy_files[self]
        if self.idle_blocks:
            self.kernel.block_watchers.remove(self)


def items_of(file: OpenFile) -> list[Item]:
    """The items that watch a file, of all epolls."""
    return [watch for watch in file.watches if isinstance(watch, Item)]


def leaves_below(file: OpenFile) -> set[OpenFile]:
    """The files at the lower ends of the chains of epolls that begin with ``file``."""
    if not isinstance(file, Epoll):
        return {file}
    return set().union(*(leaves_below(watched) for watched, _ in file.interest))


def too_many_paths(file: OpenFile) -> bool:
    """Whether a file's wake-up has too many ways to run (``reverse_path_check_proc``)."""
    counts = [0] * len(MOST_PATHS)

    def climb(below: OpenFile, epolls_between: int) -> None:
        for item in items_of(below):
            if item.epoll.watches:
                climb(item.epoll, epolls_between + 1)
            elif epolls_between:
                counts[epolls_between] += 1

    climb(file, 0)
    return any(count > most for count, most in zip(counts, MOST_PATHS, strict=True))
