"""Coroutines on the event loop: functions that stop in the middle, and the tasks that resume them.

A callback cannot wait. To read and then write, it registers a second callback and returns, and the data
between the two must be stored somewhere by hand. A coroutine stores it in its local variables: it stops at an
``await`` and continues there later. This takes three things:

- a :class:`Future`: a result that is not known yet. ``await`` passes it to the task that runs the coroutine.
- a :class:`CoroutineTask`, which runs the coroutine. It enters the coroutine with ``send`` (this also works
  for a generator with ``yield from``), gets the future at which the coroutine stops, and asks the future for
  one callback, which enters the coroutine again.
- functions that make futures of the loop's timers and descriptors.

A waiting coroutine is a suspended frame in memory. The only call that waits is ``epoll_wait``, in the loop.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Generator
from typing import Any

from sim.lessons.event_loop import EventLoop

Suspendable = Coroutine[Any, Any, Any] | Generator[Any, Any, Any]


class Cancelled(BaseException):
    """Raised in a cancelled task, at the ``await`` at which it is suspended."""


class Future:
    """A result that is not known yet, and the callbacks to call when it is known.

    Args:
        loop: the loop that calls the callbacks.
    """

    def __init__(self, loop: EventLoop) -> None:
        self.loop = loop
        self.done, self._result = False, None
        self.error: BaseException | None = None
        self._callbacks: list[Callable[[Future], object]] = []

    def when_done(self, callback: Callable[[Future], object]) -> None:
        """Call a function with this future, in a step of callbacks, once there is a result."""
        self._callbacks.append(callback)
        if self.done:
            self.loop.call_soon(callback, self)

    def settle(self, result: Any = None, error: BaseException | None = None) -> None:
        """Set the result, or the error in its place; only the first call has an effect."""
        if not self.done:
            self.done, self._result, self.error = True, result, error
            for callback in self._callbacks:
                self.loop.call_soon(callback, self)

    def cancel(self) -> None:
        """Raise :class:`Cancelled` in everything that awaits this future."""
        self.settle(error=Cancelled())

    def result(self) -> Any:
        """The result; raises the error if there is one."""
        if self.error is not None:
            raise self.error
        return self._result

    def __await__(self) -> Generator[Future, None, Any]:
        if not self.done:
            yield self
        return self.result()

    __iter__ = __await__  # for generators, which say "yield from"


class CoroutineTask(Future):
    """A running coroutine; the future's result is what the coroutine returns.

    Args:
        loop: the loop that runs it.
        coroutine: a coroutine or generator that has not begun.
    """

    def __init__(self, loop: EventLoop, coroutine: Suspendable) -> None:
        super().__init__(loop)
        self.coroutine = coroutine
        self.awaiting: Future | None = None
        """The future at which it is suspended; None while it runs."""
        self._cancelling = False
        loop.call_soon(self._enter)

    def cancel(self) -> None:
        """Raise :class:`Cancelled` where it is suspended; the coroutine may clean up, and may continue."""
        self._cancelling = True
        if self.awaiting is not None:
            self.awaiting.cancel()  # which wakes this task

    def _enter(self, _awaited: Future | None = None) -> None:
        """Run the coroutine to its next ``await``, or to its end."""
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
    """Run turns of the loop until a coroutine has ended; returns its result."""
    task = CoroutineTask(loop, coroutine)
    while not task.done:
        loop.run_once()
    return task.result()


def sleep(loop: EventLoop, delay_s: float) -> Future:
    """A future that is done after ``delay_s`` seconds."""
    timer = loop.call_later(delay_s, (future := Future(loop)).settle)
    future.when_done(lambda _: timer.cancel())
    return future


def readable(loop: EventLoop, fd: int) -> Future:
    """A future that is done when the descriptor can be read."""
    loop.add_reader(fd, (future := Future(loop)).settle)
    future.when_done(lambda _: loop.remove_reader(fd))
    return future


def writable(loop: EventLoop, fd: int) -> Future:
    """A future that is done when the descriptor can be written."""
    loop.add_writer(fd, (future := Future(loop)).settle)
    future.when_done(lambda _: loop.remove_writer(fd))
    return future


def gather(loop: EventLoop, *futures: Future) -> Future:
    """A future of all results, in the order of the arguments.

    If one of the futures fails, its error is the result, and the others are cancelled.
    """
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
