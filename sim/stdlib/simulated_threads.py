"""Several threads of control on one kernel: who runs, and who is next.

A *strand* is one flow of ordinary code on the faces: the program outside is the first, ``MainThread``,
and each simulated thread is one more. Code that blocks in the middle of a plain function needs a stack
of its own, so every further strand has a thread of the host's under it; but only the one that holds the
*turn* runs, all others wait for theirs. Strands therefore share no instant: the model has one CPU.

The turn changes hands in a call that really waits, and nowhere else: not between two lines of Python,
not in a call that finds what it wants. The strand that falls asleep lets virtual time run on until the
call of one of the sleepers has its answer, and hands the turn to that one; of several, to the one whose
answer came first. Nothing here depends on the host's scheduler or clock, so the same program runs the
same way every time.

When no strand has an answer and nothing is due in the kernel, none ever will: the first strand gets
:class:`~sim.machine.cpu.Deadlock`, with who waits for what. The others stay where they are, and go on if the
program wakes them after all; :meth:`Strands.end` unwinds them.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, TypeVar

from sim.machine.clock import NEVER
from sim.machine.cpu import Deadlock

if TYPE_CHECKING:
    from sim.kernel.kernel import RawKernel

Result = TypeVar("Result")


class StrandEnded(BaseException):
    """Raised out of the call in which a strand waits, to unwind it; not for programs to catch."""


class Strand:
    """One thread of control; it runs only while it has the turn."""

    __slots__ = ("_turn", "ending", "error", "host", "name")

    def __init__(self, name: str) -> None:
        self.name = name
        self.host: threading.Thread | None = None
        """The host's thread under it; none under the first strand."""
        self.error: BaseException | None = None
        """What its call raises when it gets the turn."""
        self.ending = False
        """It is being unwound: every call that could wait raises at once."""
        self._turn = threading.Lock()
        self._turn.acquire()

    def give_turn(self) -> None:
        """Let it run; whoever calls must stop running itself."""
        self._turn.release()

    def await_turn(self) -> None:
        """Stop until it is this strand's turn."""
        self._turn.acquire()


class Strands:
    """All strands of one kernel."""

    def __init__(self, kernel: RawKernel) -> None:
        self.kernel = kernel
        self.main = Strand("MainThread")
        self.current = self.main
        """Who has the turn."""
        self.ready: deque[Strand] = deque()
        """Who could go on, in the order in which they can."""
        self.waiting: dict[Strand, Callable[[], str]] = {}
        """Who waits in a call, and what says for what."""
        self.alive: list[Strand] = []
        """Strands that were started and have not come to their end, in order; not the first."""

    # -- waiting --------------------------------------------------------------------------

    def wait(self, program: Generator[None, None, Result], who: Callable[[], str]) -> Result:
        """Make a call that may wait, as :meth:`sim.stdlib.process.Process.wait`; others run meanwhile.

        Raises:
            Deadlock: nothing can ever wake any strand, and this is the first one.
        """
        kernel, strand = self.kernel, self.current
        if strand.ending:
            raise StrandEnded
        followed = self._followed(strand, program)
        task = kernel.start(followed, strand.name)
        try:
            while not (task.done or task.blocked):
                kernel.run_until(kernel.next_due_ns())
            if not task.done:
                self.waiting[strand] = who
                self._give_way(strand)
        finally:
            self.waiting.pop(strand, None)
            followed.close()
            kernel.run_until(max(kernel.free_ns, kernel.now_ns))
        if task.error is not None:
            raise task.error
        result: Result = task.result
        return result

    def _followed(
        self, strand: Strand, program: Generator[None, None, Result]
    ) -> Generator[None, None, Result]:
        """The call, and the note at its end that its strand can go on."""
        try:
            return (yield from program)
        finally:
            if self.waiting.pop(strand, None) is not None:
                self.ready.append(strand)

    def _give_way(self, strand: Strand) -> None:
        """Let others run until it is this strand's turn again."""
        following = self._next()
        if following is not strand:
            self._hand_over(following)
            strand.await_turn()
        error, strand.error = strand.error, None
        if error is not None:
            raise error

    def _hand_over(self, strand: Strand) -> None:
        self.current = strand
        strand.give_turn()

    def _next(self) -> Strand:
        """Whose turn it is: let virtual time run until somebody can go on."""
        kernel = self.kernel
        while not self.ready:
            due_ns = kernel.next_due_ns()
            if due_ns >= NEVER:
                self.main.error = Deadlock(self._who_waits())
                return self.main
            kernel.run_until(due_ns)
        return self.ready.popleft()

    def _who_waits(self) -> str:
        told = [(strand.name, who()) for strand, who in self.waiting.items()]
        if len(told) == 1:
            return f"{told[0][1]} waits, and nothing in this kernel can ever wake it"
        named = "; ".join(f"{name} in {call}" for name, call in told)
        return f"{len(told)} threads wait, and nothing in this kernel can ever wake them: {named}"

    # -- beginning and ending -------------------------------------------------------------

    def start(self, strand: Strand, body: Callable[[], None], ended: Callable[[], None]) -> None:
        """Have a strand run ``body`` from the next call on that waits.

        Args:
            body: what it does; an exception goes to ``threading.excepthook``, as a thread's does.
            ended: called when it is over, while the strand still has the turn.
        """
        strand.host = threading.Thread(
            target=self._run, args=(strand, body, ended), name=strand.name, daemon=True
        )
        self.alive.append(strand)
        self.ready.append(strand)
        strand.host.start()

    def _run(self, strand: Strand, body: Callable[[], None], ended: Callable[[], None]) -> None:
        strand.await_turn()
        try:
            if not strand.ending:
                body()
        except (StrandEnded, SystemExit):
            pass
        except BaseException as error:
            told = (type(error), error, error.__traceback__, strand.host)
            threading.excepthook(threading.ExceptHookArgs(told))
        self.alive.remove(strand)
        ended()
        self._hand_over(self._next())

    def end(self) -> None:
        """Unwind every strand but the one that calls, those too that one of them starts meanwhile."""
        caller = self.current
        while others := [strand for strand in self.alive if strand is not caller]:
            strand = others[0]
            strand.ending = True
            if self.waiting.pop(strand, None) is not None:
                strand.error = StrandEnded()
            else:
                self.ready.remove(strand)
            self.ready.appendleft(caller)
            self._hand_over(strand)
            caller.await_turn()
            self.reap(strand)

    def reap(self, strand: Strand) -> None:
        """Wait for the host's thread of a strand that is over."""
        if strand.host is not None:
            strand.host.join()
