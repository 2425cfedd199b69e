"""Coroutines on the event loop: functions that stop in the middle, and what lets them go on.

A callback cannot wait: to read and then write, it leaves a second callback behind and returns, and
what it knew has to be kept somewhere by hand. A coroutine keeps it by itself: it can be left at an
``await`` and entered there again, all its variables in place. What that takes:

- a :class:`Future`, a result that is not there yet. ``await`` hands it to whoever runs the coroutine;
- a :class:`CoroutineTask`, which does: it enters the coroutine (or a generator with ``yield from``) with
  ``send``, takes the future that comes out, and asks it for one callback: enter again;
- functions that make futures of what the loop offers: timers and descriptors.

Who waits is a suspended frame in memory; the only call that waits is ``epoll_wait``, in the loop.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Generator
from typing import Any

from sim.lessons.event_loop import EventLoop

Suspendable = Coroutine[Any, Any, Any] | Generator[Any, Any, Any]


class Cancelled(BaseException):
    """Raised in a cancelled task, at the ``await`` at which it stands."""


class Future:
    """A result that is not there yet, and whom to call when it is."""

    def __init__(self, loop: EventLoop) -> None:
        self.loop = loop
        self.done, self._result = False, None
        self.error: BaseException | None = None
        self._callbacks: list[Callable[[Future], object]] = []

    def when_done(self, callback: Callable[[Future], object]) -> None:
        """Call it with this future, in a step of callbacks, once there is a result."""
        self._callbacks.append(callback)
        if self.done:
            self.loop.call_soon(callback, self)

    def settle(self, result: Any = None, error: BaseException | None = None) -> None:
        """Here is the result, or the error in its place; the first one counts."""
        if not self.done:
            self.done, self._result, self.error = True, result, error
            for callback in self._callbacks:
                self.loop.call_soon(callback, self)

    def cancel(self) -> None:
        """Whoever waits for it gets :class:`Cancelled`."""
        self.settle(error=Cancelled())

    def result(self) -> Any:
        """The result, or the error raised."""
        if self.error is not None:
            raise self.error
        return self._result

    def __await__(self) -> Generator[Future, None, Any]:
        if not self.done:
            yield self
        return self.result()

    __iter__ = __await__  # for generators, which say "yield from"


class CoroutineTask(Future):
    """A coroutine under way; what it returns is the result."""

    def __init__(self, loop: EventLoop, coroutine: Suspendable) -> None:
        super().__init__(loop)
        self.coroutine = coroutine
        self.awaiting: Future | None = None
        """What it is suspended on; None while it runs."""
        self._cancelling = False
        loop.call_soon(self._enter)

    def cancel(self) -> None:
        """Raise :class:`Cancelled` where it stands; it may clean up, and it may go on."""
        self._cancelling = True
        if self.awaiting is not None:
            self.awaiting.cancel()  # which wakes this task

    def _enter(self, _awaited: Future | None = None) -> None:
        """Run it from where it stands to its next ``await``, or to its end."""
        self.awaiting = None
        cancelling, self._cancelling = self._cancelling, False
        try:
            awaited = self.coroutine.throw(Cancelled()) if cancelling else self.coroutine.send(None)
        except StopIteration as stop:
            self.settle(stop.value)
        except (Cancelled, Exception) as error:
            self.settle(error=error)
        else:
            self.awaiting = awaited
            awaited.when_done(self._enter)


def run(loop: EventLoop, coroutine: Suspendable) -> Any:
    """Go round until a coroutine has come to its end; its result."""
    task = CoroutineTask(loop, coroutine)
    while not task.done:
        loop.run_once()
    return task.result()


def sleep(loop: EventLoop, delay_s: float) -> Future:
    """A future that is done after so many seconds."""
    timer = loop.call_later(delay_s, (future := Future(loop)).settle)
    future.when_done(lambda _: timer.cancel())
    return future


def readable(loop: EventLoop, fd: int) -> Future:
    """A future that is done when there is something to read."""
    loop.add_reader(fd, (future := Future(loop)).settle)
    future.when_done(lambda _: loop.remove_reader(fd))
    return future


def writable(loop: EventLoop, fd: int) -> Future:
    """A future that is done when there is room to write."""
    loop.add_writer(fd, (future := Future(loop)).settle)
    future.when_done(lambda _: loop.remove_writer(fd))
    return future


def gather(loop: EventLoop, *futures: Future) -> Future:
    """A future of all their results, in this order; if one fails, that error, and the rest is cancelled."""
    together = Future(loop)

    def one_done(future: Future) -> None:
        if future.error is not None:
            together.settle(error=future.error)
        elif all(other.done for other in futures):
            together.settle([other.result() for other in futures])

    def cancel_the_rest(_together: Future) -> None:
        for future in futures:
            future.cancel()

    together.when_done(cancel_the_rest)
    for future in futures:
        future.when_done(one_done)
    if not futures:
        together.settle([])
    return together
