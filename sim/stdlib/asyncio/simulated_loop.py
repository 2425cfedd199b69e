"""Our part of asyncio's loop on a simulated kernel: prices, order, and clear refusals.

The loop is asyncio's own ``BaseSelectorEventLoop``. Its turns, callbacks, transports and timers are asyncio's
code. This class comes before it in the method resolution order, and adds two properties:

- **Time.** A system call takes its virtual time; Python code between two system calls would take none. So
  each turn is charged :attr:`~sim.machine.costs.CostTable.loop_turn_ns`, and each callback
  :attr:`~sim.machine.costs.CostTable.loop_callback_ns` before it runs. These prices are fixed, so that a run
  does not depend on the machine that simulates it. The real computing time of a callback is not measured.
  A callback that calls ``time.sleep`` or another call that waits delays the loop by that time.
- **Order.** Tasks have numbers (:mod:`sim.stdlib.asyncio.numbered_task`).

Why not an event loop of our own: a script would then run on our idea of asyncio. asyncio's own code has the
real order of callbacks and the real exceptions to the rules.

Left out, each with an error that says so: signals, subprocesses, pipes' transports, datagrams, and UNIX
sockets with a name.
"""

from __future__ import annotations

from asyncio import events
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any, NoReturn

from sim.machine.accounts import Account, Charge, Count
from sim.machine.cpu import Deadlock
from sim.stacks.await_stack import suspended_in
from sim.stdlib.asyncio.charging_loop import ChargingLoop
from sim.stdlib.asyncio.loop_watcher import LoopWatcher
from sim.stdlib.asyncio.numbered_task import ordered_tasks

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from sim.stdlib.asyncio.executor import ThreadPool
    from sim.stdlib.process import SimulatedProcess
    from sim.stdlib.socket import SocketModule

    class Base:
        """The members of asyncio's loop that this class calls."""

        def __init__(self, selector: Any) -> None: ...
        def _run_once(self) -> None: ...
        def _process_events(self, event_list: list[Any]) -> None: ...
        def run_in_executor(self, executor: Any, func: Any, *args: Any) -> Any: ...
else:
    Base = object


@dataclass(slots=True)
class LoopContext:
    """The state that all event loops of one kernel share."""

    process: SimulatedProcess
    socket: SocketModule
    """Resolves host names."""
    thread_pool: type[ThreadPool]
    watch_new_loop: Callable[[Any], LoopWatcher | None] = lambda loop: None
    """Called with each new loop; returns the loop's watcher, or None."""


class SimulatedLoop(ChargingLoop, Base):
    """The first base of a kernel's loop class; the second is asyncio's ``BaseSelectorEventLoop``."""

    context: LoopContext
    """Set in each kernel's loop class."""

    def __init__(self, selector: Any = None) -> None:
        self.task_numbers = count(1)
        self.turns = 0
        """Turns begun."""
        self.callbacks = 0
        """Callbacks run."""
        self.kernel = self.context.process.kernel
        self._process = self.context.process
        self.watcher = self.context.watch_new_loop(self)
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
            self.kernel.journal.trim()  # nothing reads the journal
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
        """Addresses of a host, without waiting: there is no name server to ask."""
        return self.context.socket.getaddrinfo(host, port, **hints)

    async def getnameinfo(self, sockaddr: Any, flags: int = 0) -> Any:
        """Host and service of an address, without waiting."""
        return self.context.socket.getnameinfo(sockaddr, flags)

    def run_in_executor(self, executor: Executor | None, func: Callable[..., Any], *args: Any) -> Any:
        """Call a function that may block in a simulated thread.

        Raises:
            NotImplementedError: the executor has real threads or processes.
        """
        if executor is not None and not isinstance(executor, self.context.thread_pool):
            kind = type(executor).__qualname__
            raise left_out(f"run_in_executor with a {kind} of the host", "give it None")
        return super().run_in_executor(executor, func, *args)

    # -- what is left out -----------------------------------------------------------------

    def add_signal_handler(self, sig: int, *_given: Any) -> NoReturn:
        """Refused: the order of signals would be the host's."""
        raise left_out(f"a handler for signal {int(sig)}", "the simulated machine has no signals")

    def remove_signal_handler(self, sig: int) -> bool:
        """False: no signal ever has a handler."""
        return False

    async def subprocess_exec(self, *_given: Any, **_options: Any) -> Any:
        """Refused: a simulated machine has one process, which owns all descriptors."""
        raise left_out("a subprocess", "the simulated machine has one process")

    subprocess_shell = subprocess_exec

    async def connect_read_pipe(self, *_given: Any) -> Any:
        """Refused: pipes come as Python's file objects, which buffer above the descriptor."""
        raise left_out("a pipe's transport", "use add_reader and os.read, or a socketpair")

    connect_write_pipe = connect_read_pipe

    async def create_datagram_endpoint(self, *_given: Any, **_options: Any) -> Any:
        """Refused: the simulated network has no UDP."""
        raise left_out("a datagram endpoint", "the simulated network has TCP only")

    async def create_unix_server(self, *_given: Any, **_options: Any) -> Any:
        """Refused: a UNIX socket's name is a file, and there is no file system."""
        raise left_out("a UNIX socket with a name", "use TCP, or a socketpair")

    create_unix_connection = create_unix_server


def left_out(what: str, instead: str) -> NotImplementedError:
    """The error for something that this loop leaves out.

    Args:
        what: the feature that is left out.
        instead: the reason, or what to use instead.
    """
    return NotImplementedError(f"{what} is left out of the simulated kernel's event loop: {instead}")
