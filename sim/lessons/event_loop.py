"""An event loop: one epoll, one list of timers, one queue of callbacks, and nothing else.

epoll says which descriptors are ready; a program still has to remember what it wanted to do with
each. An event loop is that memory: for every descriptor the function to call when it is ready, for
every moment the function to call when it comes. It goes round in three steps:

    1. timers     those whose moment has come join the queue
    2. wait       epoll_wait, until a descriptor is ready or the next timer is due (a queue that is
                  not empty does not wait)
    3. callbacks  those that are in the queue now are called, one after the other

One thread does it all: a callback that takes long makes all others wait. What a callback puts into
the queue runs in the next turn, or callbacks could keep the loop from looking at its descriptors.
asyncio's ``_run_once`` is this with more care (its timers join after the wait).
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

Step = Literal["timers", "wait", "callbacks"]


@dataclass(slots=True)
class Handle:
    """A function to be called, unless that is taken back before."""

    callback: Callable[..., object]
    args: tuple[Any, ...]
    cancelled: bool = False

    def cancel(self) -> None:
        """Do not call it after all."""
        self.cancelled = True


class EventLoop:
    """Callbacks on epoll.

    Args:
        select: the standard library's module, or a simulated kernel's ``kernel.select``.
        time: likewise.
        watch: called with each step of each turn as it begins.
    """

    def __init__(self, select: Any, time: Any, watch: Callable[[Step], object] | None = None) -> None:
        self._select = select
        self._epoll = select.epoll()
        self._watch = watch or (lambda step: None)
        self.time: Callable[[], float] = time.monotonic
        self._callbacks: deque[Handle] = deque()
        self._timers: list[tuple[float, int, Handle]] = []
        self._timers_set = 0  # of two timers for one moment the first one set goes first
        self._interest: dict[int, dict[int, Handle]] = {}  # by descriptor, by event
        self._stopping = False

    # -- what to call, and when --------------------------------------------------------------

    def call_soon(self, callback: Callable[..., object], *args: Any) -> Handle:
        """Call it in the next step of callbacks."""
        handle = Handle(callback, args)
        self._callbacks.append(handle)
        return handle

    def call_later(self, delay_s: float, callback: Callable[..., object], *args: Any) -> Handle:
        """Call it ``delay_s`` seconds from now."""
        handle = Handle(callback, args)
        self._timers_set += 1
        heapq.heappush(self._timers, (self.time() + delay_s, self._timers_set, handle))
        return handle

    def add_reader(self, fd: int, callback: Callable[..., object], *args: Any) -> None:
        """Call it in every turn in which there is something to read."""
        self._ask(fd, self._select.EPOLLIN, Handle(callback, args))

    def add_writer(self, fd: int, callback: Callable[..., object], *args: Any) -> None:
        """Call it in every turn in which there is room to write."""
        self._ask(fd, self._select.EPOLLOUT, Handle(callback, args))

    def remove_reader(self, fd: int) -> None:
        """No more of that; due before the descriptor is closed."""
        self._ask(fd, self._select.EPOLLIN, None)

    def remove_writer(self, fd: int) -> None:
        """No more of that."""
        self._ask(fd, self._select.EPOLLOUT, None)

    def _ask(self, fd: int, event: int, handle: Handle | None) -> None:
        """Change what epoll watches a descriptor for: ADD the first event, MOD others, DEL the last."""
        known = self._interest.get(fd, {})
        wanted = {other: of_other for other, of_other in known.items() if other != event}
        if handle is not None:
            wanted[event] = handle
        if wanted:
            (self._epoll.modify if known else self._epoll.register)(fd, sum(wanted))
            self._interest[fd] = wanted
        elif known:
            self._epoll.unregister(fd)
            del self._interest[fd]
        if event in known:
            known[event].cancel()  # it may be in the queue already

    # -- going round ------------------------------------------------------------------------

    def run_once(self) -> None:
        """One turn: timers, wait, callbacks."""
        self._watch("timers")
        now_s = self.time()
        while self._timers and (self._timers[0][0] <= now_s or self._timers[0][2].cancelled):
            self._callbacks.append(heapq.heappop(self._timers)[2])

        self._watch("wait")
        for fd, events in self._epoll.poll(self._timeout_s(now_s)):
            self._callbacks.extend(self._called_for(fd, events))

        self._watch("callbacks")
        for _ in range(len(self._callbacks)):
            handle = self._callbacks.popleft()
            if not handle.cancelled:
                handle.callback(*handle.args)

    def _timeout_s(self, now_s: float) -> float | None:
        """How long the wait may be."""
        if self._callbacks or self._stopping:
            return 0
        return self._timers[0][0] - now_s if self._timers else None

    def _called_for(self, fd: int, events: int) -> list[Handle]:
        """What to call for a descriptor's events; an error or a hang-up concerns all it has."""
        every = self._select.EPOLLERR | self._select.EPOLLHUP
        return [handle for event, handle in self._interest[fd].items() if events & (event | every)]

    def run_forever(self) -> None:
        """Go round until :meth:`stop`."""
        self._stopping = False
        while not self._stopping:
            self.run_once()

    def stop(self) -> None:
        """Let this turn be the last."""
        self._stopping = True

    def close(self) -> None:
        """Give epoll's descriptor back."""
        self._epoll.close()
