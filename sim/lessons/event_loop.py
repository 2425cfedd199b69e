"""An event loop: one epoll, one list of timers, one queue of callbacks, and nothing else.

epoll reports which descriptors are ready. A program must also store what to do with each of them. An event
loop stores this: for each descriptor a function to call when it is ready, and for each timer a function to
call when it is due. The loop repeats a turn of three steps:

    1. timers     timers that are due join the queue
    2. wait       epoll_wait, until a descriptor is ready or the next timer is due; if the queue
                  is not empty it does not wait
    3. callbacks  the callbacks that are in the queue now are called, one after the other

One thread does everything: a callback that takes long delays all others. A callback that is queued by
another callback runs in the next turn; otherwise callbacks could keep the loop from ever waiting for its
descriptors. asyncio's ``_run_once`` is the same with more care (its timers join the queue after the wait).
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
    """A function to call, unless it is cancelled first."""

    callback: Callable[..., object]
    args: tuple[Any, ...]
    cancelled: bool = False

    def cancel(self) -> None:
        """Prevent the call."""
        self.cancelled = True


class EventLoop:
    """Callbacks on epoll.

    Args:
        select: the standard library's select module, or a simulated kernel's ``kernel.select``.
        time: the time module of the same machine.
        watch: called with each step of each turn as it begins; None for nothing.
    """

    def __init__(self, select: Any, time: Any, watch: Callable[[Step], object] | None = None) -> None:
        self._select = select
        self._epoll = select.epoll()
        self._watch = watch or (lambda step: None)
        self.time: Callable[[], float] = time.monotonic
        self._callbacks: deque[Handle] = deque()
        self._timers: list[tuple[float, int, Handle]] = []
        self._timers_set = 0  # of two timers for the same time, the one that was set first runs first
        self._interest: dict[int, dict[int, Handle]] = {}  # by descriptor, by event
        self._stopping = False

    # -- callbacks ---------------------------------------------------------------------------

    def call_soon(self, callback: Callable[..., object], *args: Any) -> Handle:
        """Call a function in the next step of callbacks."""
        handle = Handle(callback, args)
        self._callbacks.append(handle)
        return handle

    def call_later(self, delay_s: float, callback: Callable[..., object], *args: Any) -> Handle:
        """Call a function ``delay_s`` seconds from now."""
        handle = Handle(callback, args)
        self._timers_set += 1
        heapq.heappush(self._timers, (self.time() + delay_s, self._timers_set, handle))
        return handle

    def add_reader(self, fd: int, callback: Callable[..., object], *args: Any) -> None:
        """Call a function in every turn in which the descriptor can be read."""
        self._set_interest(fd, self._select.EPOLLIN, Handle(callback, args))

    def add_writer(self, fd: int, callback: Callable[..., object], *args: Any) -> None:
        """Call a function in every turn in which the descriptor can be written."""
        self._set_interest(fd, self._select.EPOLLOUT, Handle(callback, args))

    def remove_reader(self, fd: int) -> None:
        """Undo :meth:`add_reader`; to be called before the descriptor is closed."""
        self._set_interest(fd, self._select.EPOLLIN, None)

    def remove_writer(self, fd: int) -> None:
        """Undo :meth:`add_writer`; to be called before the descriptor is closed."""
        self._set_interest(fd, self._select.EPOLLOUT, None)

    def _set_interest(self, fd: int, event: int, handle: Handle | None) -> None:
        """Change epoll's events for a descriptor: ADD for the first, MOD for others, DEL after the last."""
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

    # -- running -----------------------------------------------------------------------------

    def run_once(self) -> None:
        """Run one turn: timers, wait, callbacks."""
        self._watch("timers")
        now_s = self.time()
        while self._timers and (self._timers[0][0] <= now_s or self._timers[0][2].cancelled):
            self._callbacks.append(heapq.heappop(self._timers)[2])

        self._watch("wait")
        for fd, events in self._epoll.poll(self._timeout_s(now_s)):
            self._callbacks.extend(self._handles_for(fd, events))

        self._watch("callbacks")
        for _ in range(len(self._callbacks)):
            handle = self._callbacks.popleft()
            if not handle.cancelled:
                handle.callback(*handle.args)

    def _timeout_s(self, now_s: float) -> float | None:
        """The longest time to wait, in seconds; None for no limit."""
        if self._callbacks or self._stopping:
            return 0
        return self._timers[0][0] - now_s if self._timers else None

    def _handles_for(self, fd: int, events: int) -> list[Handle]:
        """The callbacks for a descriptor's events; an error or a hang-up calls all that it has."""
        every = self._select.EPOLLERR | self._select.EPOLLHUP
        return [handle for event, handle in self._interest[fd].items() if events & (event | every)]

    def run_forever(self) -> None:
        """Run turns until :meth:`stop` is called."""
        self._stopping = False
        while not self._stopping:
            self.run_once()

    def stop(self) -> None:
        """Make the current turn the last."""
        self._stopping = True

    def close(self) -> None:
        """Close epoll's descriptor."""
        self._epoll.close()
