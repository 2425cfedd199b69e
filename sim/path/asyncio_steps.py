"""The steps of a packet in asyncio: from ``epoll_wait`` to the line after ``await``.

Everything above epoll is asyncio's own code, so it is run and watched. The descriptors that the race's
epoll_wait reported are connections of an asyncio server (:mod:`sim.path.asyncio_machine`). If it reported
more than :data:`MOST_CONNECTIONS`, only that number of them takes part, with ours among them. The same
packets arrive in one interrupt, in the order of the ready list. Then the loop runs without further help.

The observed values are: the events that the selector returns to the loop, the loop's queue of callbacks, the
callback that reads, the time at which the future of the task is settled, the time at which the task's own
step begins, and the line of its coroutine before and after.

The kernel prices the calls. Python's work has fixed prices, :attr:`~sim.machine.costs.CostTable.loop_turn_ns`
and ``loop_callback_ns``. A turn is charged when it begins, before its wait. The turn that the packet wakes
was therefore charged before the packet arrived, and its price is not among the steps.

Why run asyncio instead of listing its steps? A list would repeat the author's belief about asyncio and could
be wrong. Other versions of Python may also make other steps.

asyncio refuses to run a loop in a thread that already runs one. So this loop runs in a separate thread of the
host. The caller waits for that thread, and nothing runs beside it.
"""

from __future__ import annotations

import asyncio
import inspect
import sys
import threading
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sim.lessons import echo_streams
from sim.machine.accounts import Account, Count
from sim.machine.costs import CostTable
from sim.machine.records import Kind, Record
from sim.path.asyncio_machine import AsyncioConnection, AsyncioMachine
from sim.path.path_values import AsyncioProgram, PathState, PathStep, Spent, StepLedger, shown, spent_between
from sim.stacks.await_stack import await_frames, await_places
from sim.stdlib.asyncio.loop_watcher import LoopWatcher, TurnStep
from sim.stdlib.kernel import Kernel

MOST_CONNECTIONS = 16
Event = tuple[int, int]


class LoopWatch(LoopWatcher):
    """Watches the loop take the packets, up to the line after our task's ``await``."""

    def __init__(self, machine: AsyncioMachine, ours: AsyncioConnection, task: Any, at_ns: int) -> None:
        self.machine = machine
        self.fd = ours.numbers[0]
        self.socket = ours
        self.task = task
        self.at_ns = at_ns
        self.steps = StepLedger()
        self.stack = tuple(await_places(task.get_coro()))
        self.await_line = task.get_coro().cr_frame.f_lineno
        self.next_line = 0
        self.future: Any = task._fut_waiter
        transport = self.loop._transports[self.fd]
        self.reader = transport.get_protocol()._stream_reader
        self.events: tuple[Event, ...] = ()
        self.done = False
        self.others = 0
        """Callbacks of other connections since our last step."""
        self._before = PathState()
        self._spent_ns: list[int] = []
        self._reads = False
        """True if the running callback has read our descriptor."""
        self._read = PathState()
        """State after that read."""
        self.kernel.journal.listen(self.hear)
        self.loop.watcher = self

    @property
    def kernel(self) -> Kernel:
        """Kernel of the machine."""
        return self.machine.kernel

    @property
    def loop(self) -> Any:
        """The machine's event loop."""
        return self.machine.loop

    # -- observed state --------------------------------------------------------------------

    def look(self) -> PathState:
        """State of the structures above epoll at this moment."""
        coroutine = self.task.get_coro()
        running = asyncio.current_task(self.loop) is self.task
        handles = [_callback_name(handle) for handle in self.loop._ready]
        ready = [item.fd for item in self.kernel.epoll_calls.epolls[0].ready]
        line = coroutine.cr_frame.f_lineno if coroutine.cr_frame is not None else 0
        finished = self.future.done()
        return PathState(
            segments=len(self.socket.received),
            buffer_bytes=self.socket.received_bytes,
            mask=self.socket.mask,
            ready=shown(ready, self.fd),
            ready_count=len(ready),
            events=shown(self.events, next((event for event in self.events if event[0] == self.fd), None)),
            events_count=len(self.events),
            handles=tuple(handles),
            stream_bytes=len(self.reader._buffer),
            future="finished" if finished else "pending",
            task="running" if running else "ready" if finished else "suspended",
            line=line,
        )

    def _spent(self) -> Spent:
        """Time spent since the last step, by account."""
        spent_ns = self.kernel.totals()[0]
        spent = spent_between(self._spent_ns, spent_ns)
        self._spent_ns = spent_ns
        return spent

    def _step(self, stage: str, after: PathState, part_of: str = "") -> None:
        self.steps.add(stage, self._spent(), self._before, after, part_of, self.others)
        self._before, self.others = after, 0

    # -- events ----------------------------------------------------------------------------

    def hear(self, record: Record) -> None:
        """Called for each record that the kernel makes."""
        _, kind, fd, value, _, _ = record
        if self.done or not self.events or fd != self.fd:
            return
        if kind == Kind.READ:
            self._reads = True
            self._read = replace(self.look(), read_bytes=value)
        elif kind == Kind.WRITE:
            self.next_line = _line_of(echo_streams.echo)
            now = replace(self.look(), read_bytes=self._read.read_bytes)
            self._step("task", replace(now, line=self.await_line))
            self._step("await", replace(now, line=self.next_line))
            self.done = True
            self.loop.stop()

    def step(self, step: TurnStep) -> None:
        """Called when a step of the loop's turn begins."""
        if step == "timers" and not self._spent_ns and self.kernel.now_ns > self.at_ns:
            self._spent_ns = self.kernel.totals()[0]
            ready = self.kernel.epoll_calls.epolls[0].ready
            self.events = tuple((item.fd, item.file.mask & item.wanted) for item in ready)
            after = self.look()
            self._before = replace(after, handles=())
            self._step("selector", after, "turn")

    def ended(self, handle: Any, spent_ns: int) -> None:
        """Called when a callback has run."""
        if self.done or not self.events:
            return
        if not self._reads:
            self.others += 1
        else:
            self._reads = False
            after = self.look()
            self._step("handle", self._read)
            self._step("future", replace(after, read_bytes=self._read.read_bytes), "handle")


def _callback_name(handle: Any) -> str:
    """Short name of a callback of the loop."""
    callback = handle._callback
    owner = getattr(callback, "__self__", None)
    name = getattr(callback, "__name__", type(callback).__name__)
    if isinstance(owner, asyncio.Task):
        return f"{owner.get_name()}.{name.removeprefix('task_')}"
    fd = getattr(owner, "_sock_fd", None)
    return name if fd is None else f"{name} fd {fd}"


def _line_of(function: Any) -> int:
    """Current line of a function on the call stack; 0 if it is not on the stack."""
    frame: Any = sys._getframe(1)
    while frame is not None and frame.f_code is not function.__code__:
        frame = frame.f_back
    return 0 if frame is None else int(frame.f_lineno)


def _followed(
    costs: CostTable, fds: int, reported: Sequence[int], fd: int, payload: bytes
) -> tuple[tuple[PathStep, ...], AsyncioProgram]:
    numbers = _taking_part(reported, fd)
    machine = AsyncioMachine(costs, fds, numbers)
    try:
        machine.settle()
        ours = machine.connections[fd]
        task = _task_of(machine, ours)
        kernel = machine.kernel
        at_ns = machine.expect(numbers, payload)
        kernel.begin_accounts(kernel.now_ns, [0] * len(Account), [0] * len(Count))
        watch = LoopWatch(machine, ours, task, at_ns)
        machine.loop.run_forever()
        lines, first_line = inspect.getsourcelines(echo_streams.echo)
        program = AsyncioProgram(
            lines=tuple(line.rstrip("\n") for line in lines),
            first_line=first_line,
            await_line=watch.await_line,
            next_line=watch.next_line,
            stack=watch.stack,
            task=task.get_name(),
            connections=len(numbers),
            turn_ns=costs.loop_turn_ns,
        )
        return tuple(watch.steps.steps), program
    finally:
        machine.close()


def _taking_part(reported: Sequence[int], fd: int) -> list[int]:
    """Descriptors that take part: all reported ones, or :data:`MOST_CONNECTIONS` of them with ours."""
    numbers = list(dict.fromkeys(reported))
    end = max(MOST_CONNECTIONS, numbers.index(fd) + 1)
    return numbers[max(0, end - MOST_CONNECTIONS) : end]


def _task_of(machine: AsyncioMachine, connection: AsyncioConnection) -> Any:
    """Task that serves a connection: its coroutine holds the connection's writer."""
    transport = machine.loop._transports[connection.numbers[0]]
    for task in asyncio.all_tasks(machine.loop):
        for frame in await_frames(task.get_coro()):
            writer = frame.f_locals.get("writer")
            if writer is not None and writer.transport is transport:
                return task
    raise AssertionError("no task serves the connection")


def follow_loop(
    costs: CostTable, fds: int, reported: Sequence[int], fd: int, payload: bytes
) -> tuple[tuple[PathStep, ...], AsyncioProgram]:
    """Follow a packet from epoll_wait's return to the line after ``await``.

    Args:
        costs: The price of each step.
        fds: Number of descriptors that epoll watches.
        reported: Descriptors that epoll reports, in order.
        fd: Our descriptor, one of ``reported``.
        payload: Content of each packet.

    Returns:
        The steps, and the program that waited.
    """
    results: list[tuple[tuple[PathStep, ...], AsyncioProgram]] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(_followed(costs, fds, reported, fd, payload))
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=run, name="path")
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
    return results[0]
