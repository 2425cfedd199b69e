"""The loop of the lessons, observed: the same figures and rows as for asyncio's loop.

The figures are those of :mod:`sim.scripts.loop_figures`. :class:`~sim.lessons.event_loop.EventLoop` is not
changed for it: its callbacks, timers and interest are read from outside, one turn at a time. Its turns and
callbacks have asyncio's prices, so that the two loops can be compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from sim.lessons.coroutine import CoroutineTask, Future
from sim.lessons.event_loop import EventLoop, Handle
from sim.machine.accounts import Account, Charge, Count
from sim.scripts.loop_figures import LoopRecord
from sim.scripts.task_rows import TaskRow, WaitReason
from sim.stacks.await_stack import await_frames
from sim.stacks.code_place import place_of, program_line
from sim.stdlib.asyncio.loop_watcher import TurnStep

if TYPE_CHECKING:
    from sim.stdlib.kernel import Kernel


class WatchedLoop(EventLoop):
    """The loop of the lessons on a simulated kernel, with prices and a record.

    Args:
        kernel: the kernel that it runs on.
        at: called with each step as it begins; see :class:`~sim.scripts.loop_figures.LoopRecord`.
    """

    def __init__(self, kernel: Kernel, at: Callable[[TurnStep], object] = lambda step: None) -> None:
        super().__init__(kernel.select, kernel.time, self._begin)
        self.kernel = kernel
        self.record = LoopRecord(kernel, at)
        page = kernel.ledger.page()
        costs = kernel.costs
        self._turn = page["turn"] = Charge(((Account.LOOP, costs.loop_turn_ns),), ((Count.TURNS, 1),))
        self._callback = page["callback"] = Charge(
            ((Account.CALLBACK, costs.loop_callback_ns),), ((Count.CALLBACKS, 1),)
        )

    def run_once(self) -> None:
        """Run one turn, and charge for it."""
        self.kernel.process.call(self.kernel.pay, self._turn)
        super().run_once()
        self.record.step("over")

    def _begin(self, step: TurnStep) -> None:
        self.record.step(step)
        if step == "callbacks":
            for _ in range(len(self._callbacks)):
                handle = self._callbacks.popleft()
                self._callbacks.append(Handle(self._run, (handle,)))

    def _run(self, handle: Handle) -> None:
        """Run a callback unless it is cancelled, and record how long it takes."""
        if handle.cancelled:
            return
        kernel, begin_ns = self.kernel, self.kernel.now_ns
        self.record.begins(handle)
        kernel.process.call(kernel.pay, self._callback)
        try:
            handle.callback(*handle.args)
        finally:
            self.record.ended(handle, kernel.now_ns - begin_ns)


def task_rows(loop: EventLoop) -> list[TaskRow]:
    """The tasks that the loop's callbacks can still wake, in the loop's order; the loop keeps no list."""
    reasons = dict(_wait_reasons(loop))
    seen: dict[int, Future] = {}
    for future in _known(loop):
        _follow(future, seen)
    return [_row(task, reasons, loop) for task in seen.values() if isinstance(task, CoroutineTask)]


def _handles(loop: EventLoop) -> Iterator[tuple[Handle, WaitReason | None]]:
    """Every callback of the loop, and the reason for which it waits; None for callbacks that run next."""
    for handle in loop._callbacks:
        wrapped = handle.args[0] if handle.args and isinstance(handle.args[0], Handle) else handle
        yield wrapped, None
    for due_s, _, handle in sorted(loop._timers, key=lambda timer: timer[:2]):
        yield handle, WaitReason("timer", due_ns=round(due_s * 1e9))
    for fd, by_event in loop._interest.items():
        for event, handle in by_event.items():
            word = "readable" if event == loop._select.EPOLLIN else "writable"
            yield handle, WaitReason(f"fd {fd} {word}", fd=fd)


def _known(loop: EventLoop) -> Iterator[Future]:
    """The futures whose methods are callbacks of the loop."""
    for handle, _ in _handles(loop):
        owner = getattr(handle.callback, "__self__", None)
        if isinstance(owner, Future) and not handle.cancelled:
            yield owner
    if isinstance(running := _running(loop), Future):
        yield running


def _wait_reasons(loop: EventLoop) -> Iterator[tuple[int, WaitReason]]:
    for handle, waiting in _handles(loop):
        owner = getattr(handle.callback, "__self__", None)
        if waiting is not None and isinstance(owner, Future) and not handle.cancelled:
            yield id(owner), waiting


def _follow(future: Future, seen: dict[int, Future]) -> None:
    """Add a future, and all futures that wait for it."""
    if id(future) in seen:
        return
    seen[id(future)] = future
    for callback in future._callbacks:
        owner = getattr(callback, "__self__", None)
        held = [cell.cell_contents for cell in getattr(callback, "__closure__", None) or ()]
        for other in (owner, *held):  # gather's callbacks hold its future in their closure
            if isinstance(other, Future):
                _follow(other, seen)


def _row(task: CoroutineTask, reasons: dict[int, WaitReason], loop: EventLoop) -> TaskRow:
    name = _name(task)
    if _running(loop) is task:
        return TaskRow(name, "running", None, None, ())
    stack = await_frames(task.coroutine)
    places = tuple(place_of(frame) for frame in stack)
    future = task.awaiting
    if future is None:
        return TaskRow(name, "ready", None, None, ())
    if future.done:
        return TaskRow(name, "ready", None, program_line(places), places)
    return TaskRow(name, "suspended", _waiting(future, reasons), program_line(places), places)


def _waiting(future: Future, reasons: dict[int, WaitReason]) -> WaitReason:
    if id(future) in reasons:
        return reasons[id(future)]
    return WaitReason(_name(future) if isinstance(future, CoroutineTask) else "a future")


def _running(loop: EventLoop) -> object:
    """The object whose method is the callback that runs now; None if none does."""
    handle = loop.record.running if isinstance(loop, WatchedLoop) else None
    return getattr(handle.callback, "__self__", None) if handle is not None else None


def _name(task: CoroutineTask) -> str:
    name: str = getattr(task.coroutine, "__qualname__", "task")
    return name
