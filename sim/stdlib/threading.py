"""``kernel.threading``: threads of control, where the threading module stands.

A simulated thread runs ordinary code on the kernel's other faces, and gives way to others only in a call
that waits (:mod:`sim.stdlib.simulated_threads`)::

    def serve():
        connection, _ = server.accept()
        connection.sendall(connection.recv(100).upper())

    with kernel.threading as threading:
        threading.Thread(target=serve).start()
        client.sendall(b"hello")
        client.recv(100)

Leaving the ``with`` is what the end of a program is: threads are joined, daemons are ended. A program
that goes without it leaves those threads asleep for good that it does not join.

Locks, conditions and the like are left out: between two calls that wait nothing else runs.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping
from itertools import count
from types import TracebackType
from typing import TYPE_CHECKING, Any, ClassVar

from sim.machine.task import Task
from sim.stdlib.arguments import Seconds, duration_ns
from sim.stdlib.process import Process, StdlibModule
from sim.stdlib.simulated_threads import Strand, Strands

if TYPE_CHECKING:
    from typing import Self


class ThreadObject:
    """A thread of control (``threading.Thread``)."""

    _process: ClassVar[Process]
    _strands: ClassVar[Strands]
    _threads: ClassVar[dict[Strand, ThreadObject]]
    _numbers: ClassVar[count[int]]

    @staticmethod
    def on(process: Process, strands: Strands) -> type[ThreadObject]:
        """The class for one kernel's programs."""
        known = {"_process": process, "_strands": strands, "_threads": {}, "_numbers": count(1)}
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
        self._strand = Strand(str(name))
        self._started = False
        self._over = False
        self._joiners: list[Task] = []
        self.daemon = bool(daemon)

    def __repr__(self) -> str:
        state = "stopped" if self._over else "started" if self._started else "initial"
        return f"<{type(self).__name__}({self.name}, {state})>"

    @property
    def name(self) -> str:
        """What it is called in messages."""
        return self._strand.name

    def stands_for(self, strand: Strand) -> None:
        """Be the object of a strand that runs already: the program outside."""
        self._strand, self._started = strand, True

    def start(self) -> None:
        """Have it run from the next call on that waits.

        Raises:
            RuntimeError: it was started before.
        """
        if self._started:
            raise RuntimeError("threads can only be started once")
        self._started = True
        self._threads[self._strand] = self
        self._strands.start(self._strand, self.run, self._ended)

    def run(self) -> None:
        """What the thread does: call its target."""
        if self._target is not None:
            self._target(*self._args, **self._kwargs)

    def is_alive(self) -> bool:
        """Whether it was started and has not come to its end."""
        return self._started and not self._over

    def join(self, timeout: Seconds | None = None) -> None:
        """Wait for its end, so many seconds at most.

        Raises:
            RuntimeError: it was not started, or is the one that calls.
        """
        if not self._started:
            raise RuntimeError("cannot join thread before it is started")
        if self._strand is self._strands.current:
            raise RuntimeError("cannot join current thread")
        limit_ns = None if timeout is None else max(0, duration_ns(timeout))
        self._process.wait(self._until_over(limit_ns), lambda: f"Thread.join of {self.name}")
        if self._over:
            self._strands.reap(self._strand)

    def _until_over(self, limit_ns: int | None) -> Generator[None, None, None]:
        kernel = self._process.kernel
        if not self._over and limit_ns != 0:
            self._joiners.append(task := kernel.block())
            timer = None
            if limit_ns:
                timer = kernel.timers.set(kernel.now_ns + limit_ns, lambda: void(kernel.wake(task)))
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
        del self._threads[self._strand]
        kernel = self._process.kernel
        kernel.catch_up()
        joiners, self._joiners = self._joiners, []
        for task in joiners:
            kernel.wake(task)


def void(_: object) -> None:
    """Nothing, of something."""


class ThreadingModule(StdlibModule):
    """Stands where the threading module stands."""

    module = "threading"
    Thread: type[ThreadObject]

    def __init__(self, process: Process) -> None:
        super().__init__(process)
        self._strands = process.strands = Strands(process.kernel)
        self.Thread = ThreadObject.on(process, self._strands)
        self._main = self.Thread(name=self._strands.main.name)
        self._main.stands_for(self._strands.main)

    def current_thread(self) -> ThreadObject:
        """The thread that calls."""
        return self.Thread._threads.get(self._strands.current, self._main)

    def main_thread(self) -> ThreadObject:
        """The program outside."""
        return self._main

    def enumerate(self) -> list[ThreadObject]:
        """The threads that are alive, the program outside first."""
        return [self._main, *self.Thread._threads.values()]

    def active_count(self) -> int:
        """How many threads are alive."""
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
            self._strands.end()
