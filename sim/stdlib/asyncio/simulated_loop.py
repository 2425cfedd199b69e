"""What is ours in asyncio's loop on a simulated kernel: prices, names that repeat, and clear refusals.

The loop is asyncio's own ``BaseSelectorEventLoop``; turns, callbacks, transports and timers are its code.
Added to it is what the interpreter gives for nothing on a real machine:

- **Time.** A system call takes its virtual time by itself, Python code between two of them would take
  none. So each turn is charged :attr:`~sim.machine.costs.CostTable.loop_turn_ns` and each callback
  :attr:`~sim.machine.costs.CostTable.loop_callback_ns` before it runs, whatever it does: fixed prices, so
  that a run never depends on the machine it is simulated on. What a callback really computes is not
  measured. A callback that calls ``time.sleep`` or another call that waits holds the loop up for that long.
- **Order.** Sets of tasks, which ``gather``, ``TaskGroup`` and ``asyncio.run`` walk, are ordered by hash,
  and a task's hash is its address. Here it is its number, counted for each loop, and so is its name.

Left out, with an error that says so: signals, processes, pipes, datagrams and UNIX sockets with a name.
"""

from __future__ import annotations

import asyncio
from asyncio import events
from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING, Any, Literal, NoReturn

from sim.machine.accounts import Account, Charge, Count
from sim.machine.cpu import Deadlock
from sim.stdlib.asyncio.await_stacks import suspended_in

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from sim.stdlib.kernel import Kernel
    from sim.stdlib.process import Process

    class Base:
        """What this part needs of asyncio's own loop, which it is put in front of."""

        def __init__(self, selector: Any) -> None: ...
        def _run_once(self) -> None: ...
        def _process_events(self, event_list: list[Any]) -> None: ...
        def run_in_executor(self, executor: Any, func: Any, *args: Any) -> Any: ...
else:
    Base = object

Step = Literal["wait", "timers", "callbacks", "over"]
"""Where a turn is: asyncio waits first, then timers that are due join the callbacks."""


class Watcher:
    """Is told what a loop does as it does it; a base class that only listens to nothing."""

    def step(self, step: Step) -> None:
        """A step of a turn begins; ``over`` is the turn's end."""

    def begins(self, handle: events.Handle) -> None:
        """A callback is about to run."""

    def ended(self, handle: events.Handle, spent_ns: int) -> None:
        """A callback has run, for so many virtual nanoseconds, its price included."""


class Handle(events.Handle):
    """A callback that is charged for when it runs."""

    __slots__ = ()

    def _run(self) -> None:
        run_callback(self, super()._run)


class TimerHandle(events.TimerHandle):
    """A timed callback that is charged for when it runs."""

    __slots__ = ()

    def _run(self) -> None:
        run_callback(self, super()._run)


def run_callback(handle: events.Handle, run: Callable[[], None]) -> None:
    """Have a callback run by its loop, if that is ours: a class derived from asyncio's may be without it."""
    loop: Any = handle._loop  # type: ignore[attr-defined]
    if isinstance(loop, SimulatedLoop):
        loop.run_callback(handle, run)
    else:
        run()


class Task(asyncio.Task[Any]):
    """A task with a number, which is its hash and its name, so that sets of tasks have an order."""

    def __init__(self, coroutine: Any, *, loop: Any, name: str | None = None, **options: Any) -> None:
        numbered = isinstance(loop, SimulatedLoop)
        self.number: int = next(loop.task_numbers) if numbered else id(self) >> 4
        name = name or (f"Task-{self.number}" if numbered else None)
        super().__init__(coroutine, loop=loop, name=name, **options)

    def __hash__(self) -> int:
        return self.number


def ordered_tasks(loop: Any = None) -> list[asyncio.Task[Any]]:
    """``asyncio.all_tasks``, the oldest first."""
    return sorted(asyncio.all_tasks(loop), key=lambda task: getattr(task, "number", 0))


class SimulatedLoop(Base):
    """The part of the loop's class that stands before asyncio's own; each kernel has a class of its own."""

    kernel: Kernel

    def __init__(self, selector: Any = None) -> None:
        self.task_numbers = count(1)
        self.turns = 0
        """Turns begun."""
        self.callbacks = 0
        """Callbacks run."""
        self.watcher: Watcher | None = self.kernel.asyncio.watch_new_loop(self)
        self._process: Process = self.kernel._process
        costs = self.kernel.costs
        page = self.kernel.ledger.page()
        self._turn = page["turn"] = Charge(((Account.LOOP, costs.loop_turn_ns),), ((Count.TURNS, 1),))
        self._callback = page["callback"] = Charge(
            ((Account.CALLBACK, costs.loop_callback_ns),), ((Count.CALLBACKS, 1),)
        )
        self._began_callbacks = False
        super().__init__(selector)

    # -- a turn ---------------------------------------------------------------------------

    def _run_once(self) -> None:
        self.turns += 1
        self._process.call(self.kernel.pay, self._turn)
        if len(self.kernel.journal.records) > 2 * self.kernel.journal.kept:
            self.kernel.journal.trim()  # nobody reads it
        self._began_callbacks = False
        if self.watcher is not None:
            self.watcher.step("wait")
        try:
            super()._run_once()
        except Deadlock as error:
            raise Deadlock(f"{error}{suspended_in(ordered_tasks(self))}") from None
        finally:
            if self.watcher is not None:
                self.watcher.step("over")

    def _process_events(self, event_list: list[Any]) -> None:
        super()._process_events(event_list)
        if self.watcher is not None:
            self.watcher.step("timers")

    def run_callback(self, handle: events.Handle, run: Callable[[], None]) -> None:
        """Charge for a callback, and run it."""
        kernel = self.kernel
        self.callbacks += 1
        watcher = self.watcher
        if watcher is None:
            self._process.call(kernel.pay, self._callback)
            run()
            return
        if not self._began_callbacks:
            self._began_callbacks = True
            watcher.step("callbacks")
        begin_ns = kernel.now_ns
        watcher.begins(handle)
        self._process.call(kernel.pay, self._callback)
        try:
            run()
        finally:
            watcher.ended(handle, kernel.now_ns - begin_ns)

    # -- names ----------------------------------------------------------------------------

    async def getaddrinfo(self, host: Any, port: Any, **hints: int) -> Any:
        """Addresses of a host, at once: there is no name server to wait for."""
        return self.kernel.socket.getaddrinfo(host, port, **hints)

    async def getnameinfo(self, sockaddr: Any, flags: int = 0) -> Any:
        """Host and service of an address, at once."""
        return self.kernel.socket.getnameinfo(sockaddr, flags)

    def run_in_executor(self, executor: Executor | None, func: Callable[..., Any], *args: Any) -> Any:
        """Call a function that may block in a simulated thread.

        Raises:
            NotImplementedError: an executor of real threads or processes.
        """
        if executor is not None and not isinstance(executor, self.kernel.asyncio.thread_pool):
            kind = type(executor).__qualname__
            raise left_out(f"run_in_executor with a {kind} of the host", "give it None")
        return super().run_in_executor(executor, func, *args)

    # -- what is left out -----------------------------------------------------------------

    def add_signal_handler(self, sig: int, *_given: Any) -> NoReturn:
        """Refused: the order of signals would be the host's."""
        raise left_out(f"a handler for signal {int(sig)}", "the simulated machine has no signals")

    def remove_signal_handler(self, sig: int) -> bool:
        """There never is one."""
        return False

    async def subprocess_exec(self, *_given: Any, **_options: Any) -> Any:
        """Refused: one process holds all descriptors."""
        raise left_out("a subprocess", "the simulated machine has one process")

    subprocess_shell = subprocess_exec

    async def connect_read_pipe(self, *_given: Any) -> Any:
        """Refused: pipes come as Python's file objects, which buffer above the descriptor."""
        raise left_out("a pipe's transport", "use add_reader and os.read, or a socketpair")

    connect_write_pipe = connect_read_pipe

    async def create_datagram_endpoint(self, *_given: Any, **_options: Any) -> Any:
        """Refused: there is no UDP."""
        raise left_out("a datagram endpoint", "the simulated network has TCP only")

    async def create_unix_server(self, *_given: Any, **_options: Any) -> Any:
        """Refused: there is no file system to name a UNIX socket in."""
        raise left_out("a UNIX socket with a name", "use TCP, or a socketpair")

    create_unix_connection = create_unix_server


def left_out(what: str, instead: str) -> NotImplementedError:
    """The error for what this loop leaves out."""
    return NotImplementedError(f"{what} is left out of the simulated kernel's event loop: {instead}")
