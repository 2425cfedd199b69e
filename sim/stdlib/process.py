"""The process outside the simulated CPU: a plain function call becomes a timed system call.

The servers of a race are generators inside the simulation. A Python program on the modules of this room
is ordinary code: it calls a function and expects the result when the function returns. This file makes the
system call, and then lets virtual time run for as long as the call takes.

- A call that never waits (:meth:`SimulatedProcess.call`) acts at once; then its cost in time passes.
- A call that may wait (:meth:`SimulatedProcess.wait`) is a generator. It runs as a task of the kernel until
  it has its result. Other threads of the process run while it sleeps
  (:mod:`sim.stdlib.simulated_threads`).
- A call on a descriptor in blocking mode (:meth:`SimulatedProcess.attempt` and ``write``) is tried first,
  because most calls find data or room at once. If it fails with EAGAIN, it becomes a call that waits.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar, TypeVarTuple

from sim.kernel import poll_bits
from sim.kernel.sleeper import sleep_on
from sim.machine.cpu import Deadlock

if TYPE_CHECKING:
    from sim.kernel.kernel import RawKernel
    from sim.kernel.open_file import OpenFile
    from sim.stdlib.simulated_threads import ThreadScheduler

Result = TypeVar("Result")
Given = TypeVarTuple("Given")


class SimulatedProcess:
    """A program that makes its system calls from outside the simulated CPU.

    Args:
        kernel: the kernel that it calls.
    """

    def __init__(self, kernel: RawKernel) -> None:
        self.kernel = kernel
        self.threads: ThreadScheduler | None = None
        """Its threads; None while the threading module is unused and only the main thread exists."""
        self.watch: Callable[[int], None] | None = None
        """Called when a call that may wait returns, with its duration in virtual ns; None for no observer."""

    def call(self, function: Callable[[*Given], Result], *given: *Given) -> Result:
        """Make a call that never waits, and let the time it takes pass."""
        kernel = self.kernel
        if kernel.free_ns < kernel.now_ns:
            kernel.book_idle()
        try:
            return function(*given)
        finally:
            free_ns = kernel.free_ns
            if kernel.running is None and kernel.timers.due_ns > free_ns < kernel.device.due_ns:
                kernel.now_ns = free_ns
            else:
                kernel.run_until(free_ns)

    def wait(self, program: Generator[None, None, Result], describe: Callable[[], str]) -> Result:
        """Make a call that may wait.

        Args:
            program: the call.
            describe: returns the call's name and what it waits for; asked only for a deadlock's message.

        Raises:
            Deadlock: nothing can ever wake the call.
        """
        watch = self.watch
        if watch is None:
            return self._wait(program, describe)
        begin_ns = self.kernel.now_ns
        try:
            return self._wait(program, describe)
        finally:
            watch(self.kernel.now_ns - begin_ns)

    def _wait(self, program: Generator[None, None, Result], describe: Callable[[], str]) -> Result:
        if self.threads is not None and self.threads.alive:
            return self.threads.wait(program, describe)
        kernel = self.kernel
        try:
            result: Result = kernel.complete(program)
        except Deadlock:
            raise Deadlock(f"{describe()} waits, and nothing in this kernel can ever wake it") from None
        finally:
            program.close()
            kernel.run_until(max(kernel.free_ns, kernel.now_ns))
        return result

    def attempt(
        self, fd: int, function: Callable[[int], Result], describe: Callable[[], str], dont_wait: bool = False
    ) -> Result:
        """Make a call on a descriptor; it waits if the open file is in blocking mode.

        Args:
            fd: the descriptor.
            function: the call; it takes the descriptor and raises ``BlockingIOError`` on EAGAIN.
            describe: as in :meth:`wait`.
            dont_wait: True if this one call does not wait in any mode (``MSG_DONTWAIT``).
        """
        file = self.kernel.table.files.get(fd)
        if file is None or not file.blocking or dont_wait:
            return self.call(function, fd)
        if file.mask & poll_bits.IN:
            with suppress(BlockingIOError):
                return self.call(function, fd)
        return self.wait(self._until_done(file, fd, function), describe)

    def _until_done(
        self, file: OpenFile, fd: int, function: Callable[[int], Result]
    ) -> Generator[None, None, Result]:
        with self.kernel.holding(file):
            while True:
                try:
                    return self.kernel.table.call_on(file, fd, function)
                except BlockingIOError:
                    yield from sleep_on(self.kernel, file)

    def write(
        self,
        fd: int,
        data: bytes,
        function: Callable[[int, bytes], int],
        describe: Callable[[], str],
        dont_wait: bool = False,
    ) -> int:
        """Write to a descriptor; in blocking mode this waits until all bytes are taken.

        Returns:
            The number of bytes taken; after an error in the middle, the number taken before the error.
        """
        file = self.kernel.table.files.get(fd)
        if file is None or not file.blocking or dont_wait:
            return self.call(function, fd, data)
        taken = 0
        if file.mask & poll_bits.OUT:
            with suppress(BlockingIOError):
                taken = self.call(function, fd, data)
            if taken == len(data):
                return taken
        return self.wait(self._until_taken(file, fd, data, taken, function), describe)

    def _until_taken(
        self, file: OpenFile, fd: int, data: bytes, taken: int, function: Callable[[int, bytes], int]
    ) -> Generator[None, None, int]:
        def write_rest(number: int) -> int:
            return function(number, data[taken:])

        with self.kernel.holding(file):
            while True:
                try:
                    taken += self.kernel.table.call_on(file, fd, write_rest)
                except BlockingIOError:
                    yield from sleep_on(self.kernel, file)
                except OSError:
                    if not taken:
                        raise
                    return taken
                if taken >= len(data):
                    return taken
