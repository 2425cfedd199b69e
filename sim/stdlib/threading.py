"""``kernel.threading``: simulated threads with the interface of the threading module.

A simulated thread runs ordinary code on the kernel's modules, and lets other threads run only in a call that
waits (:mod:`sim.stdlib.simulated_threads`)::

    def serve():
        connection, _ = server.accept()
        connection.sendall(connection.recv(100).upper())

    with kernel.threading as threading:
        threading.Thread(target=serve).start()
        client.sendall(b"hello")
        client.recv(100)

The end of the ``with`` block is the end of the program: threads are joined, daemon threads are unwound.
Without the block, a thread that is never joined stays asleep for good.

Locks, conditions and similar classes are left out: between two calls that wait, no other thread runs.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping
from itertools import count
from types import TracebackType
from typing import TYPE_CHECKING, Any, ClassVar

from sim.machine.task import Task
from sim.stdlib.durations import Seconds, duration_ns
from sim.stdlib.process import SimulatedProcess
from sim.stdlib.simulated_threads import SimulatedThread, ThreadScheduler
from sim.stdlib.stdlib_module import StdlibModule

if TYPE_CHECKING:
    from typing import Self


class ThreadObject:
    """``threading.Thread``; each kernel has a class of its own."""

    _process: ClassVar[SimulatedProcess]
    _scheduler: ClassVar[ThreadScheduler]
    _alive: ClassVar[dict[SimulatedThread, ThreadObject]]
    """The objects of started threads that have not ended, in order of start."""
    _numbers: ClassVar[count[int]]

    @staticmethod
    def on(process: SimulatedProcess, scheduler: ThreadScheduler) -> type[ThreadObject]:
        """The class for one process."""
        known = {"_process": process, "_scheduler": scheduler, "_alive": {}, "_numbers": count(1)}
        return type("Thread", (ThreadObject,), {**known, "__module__": "threading"})

    def __init__(
        self,
        group: None = None,
        target: Callable[..., object] | None = None,
        name: str | None = None,
        args: Iterable[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
        *,
        daemon: bool | None = None,
    ) -> None:
        assert group is None, "group argument must be None for now"
        self._target, self._args, self._kwargs = target, tuple(args), dict(kwargs or {})
        if name is None:
            called = getattr(target, "__name__", None)
            name = f"Thread-{next(self._numbers)}" + (f" ({called})" if called else "")
        self._thread = SimulatedThread(str(name))
        self._started = False
        self._over = False
        self._joiners: list[Task] = []
        self.daemon = bool(daemon)

    def __repr__(self) -> str:
        state = "stopped" if self._over else "started" if self._started else "initial"
        return f"<{type(self).__name__}({self.name}, {state})>"

    @property
    def name(self) -> str:
        """The thread's name, used in messages."""
        return self._thread.name

    def represent(self, thread: SimulatedThread) -> None:
        """Become the object of a thread that runs already: the main thread."""
        self._thread, self._started = thread, True

    def start(self) -> None:
        """Start the thread: it runs once the caller makes a call that waits.

        Raises:
            RuntimeError: the thread was started before.
        """
        if self._started:
            raise RuntimeError("threads can only be started once")
        self._started = True
        self._alive[self._thread] = self
        self._scheduler.start(self._thread, self.run, self._ended)

    def run(self) -> None:
        """The thread's body: call the target."""
        if self._target is not None:
            self._target(*self._args, **self._kwargs)

    def is_alive(self) -> bool:
        """True if the thread was started and has not ended."""
        return self._started and not self._over

    def join(self, timeout: Seconds | None = None) -> None:
        """Wait until the thread has ended.

        Args:
            timeout: seconds to wait at most; None waits without a limit.

        Raises:
            RuntimeError: the thread was not started, or is the calling thread.
        """
        if not self._started:
            raise RuntimeError("cannot join thread before it is started")
        if self._thread is self._scheduler.current:
            raise RuntimeError("cannot join current thread")
        limit_ns = None if timeout is None else max(0, duration_ns(timeout))
        self._process.wait(self._until_over(limit_ns), lambda: f"Thread.join of {self.name}")
        if self._over:
            self._scheduler.reap(self._thread)

    def _until_over(self, limit_ns: int | None) -> Generator[None, None, None]:
        kernel = self._process.kernel
        if self._over or limit_ns == 0:
            return
        task = kernel.block()
        self._joiners.append(task)

        def wake() -> None:
            kernel.wake(task)

        timer = kernel.timers.set(kernel.now_ns + limit_ns, wake) if limit_ns else None
        kernel.pay_switch()
        try:
            yield
        finally:
            if timer is not None:
                kernel.timers.cancel(timer)
            if task in self._joiners:
                self._joiners.remove(task)
        kernel.pay_switch()

    def _ended(self) -> None:
        self._over = True
        del self._alive[self._thread]
        kernel = self._process.kernel
        kernel.book_idle()
        joiners, self._joiners = self._joiners, []
        for task in joiners:
            kernel.wake(task)


class ThreadingModule(StdlibModule):
    """The threading module, also a context manager whose end is the end of the program."""

    module = "threading"
    Thread: type[ThreadObject]

    def __init__(self, process: SimulatedProcess) -> None:
        super().__init__(process)
        self._scheduler = process.threads = ThreadScheduler(process.kernel)
        self.Thread = ThreadObject.on(process, self._scheduler)
        self._main = self.Thread(name=self._scheduler.main.name)
        self._main.represent(self._scheduler.main)

    def current_thread(self) -> ThreadObject:
        """The calling thread."""
        return self.Thread._alive.get(self._scheduler.current, self._main)

    def main_thread(self) -> ThreadObject:
        """The main thread: the program outside."""
        return self._main

    def enumerate(self) -> list[ThreadObject]:
        """The threads that are alive, the main thread first."""
        return [self._main, *self.Thread._alive.values()]

    def active_count(self) -> int:
        """The number of threads that are alive."""
        return len(self.enumerate())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            while error is None and (waited := [t for t in self.enumerate()[1:] if not t.daemon]):
                waited[0].join()
        finally:
            self._scheduler.end()
