"""The program outside: how a plain call becomes a system call that takes its virtual time."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar, TypeVarTuple

from sim.kernel import poll_bits
from sim.kernel.sleeper import sleep_on
from sim.machine.cpu import Deadlock

if TYPE_CHECKING:
    from sim.kernel.open_file import OpenFile
    from sim.stdlib.kernel import Kernel
    from sim.stdlib.simulated_threads import Strands

Result = TypeVar("Result")
Given = TypeVarTuple("Given")


class Process:
    """A program that makes its system calls from outside, one after the other."""

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        self.strands: Strands | None = None
        """Its threads of control; None while it has only the one."""
        self.watch: Callable[[int], None] | None = None
        """Told of each call that may wait, when it returns: how long it took, in nanoseconds."""

    def call(self, function: Callable[[*Given], Result], *given: *Given) -> Result:
        """Make a call that never waits, and let the time it takes pass."""
        kernel = self.kernel
        if kernel.free_ns < kernel.now_ns:
            kernel.catch_up()
        try:
            return function(*given)
        finally:
            free_ns = kernel.free_ns
            if kernel.running is None and kernel.timers.due_ns > free_ns < kernel.device.due_ns:
                kernel.now_ns = free_ns
            else:
                kernel.run_until(free_ns)

    def wait(self, program: Generator[None, None, Result], who: Callable[[], str]) -> Result:
        """Make a call that may wait.

        Args:
            who: says which call this is and what it waits for, should that never come.

        Raises:
            Deadlock: nothing can ever wake it.
        """
        watch = self.watch
        if watch is None:
            return self._wait(program, who)
        begin_ns = self.kernel.now_ns
        try:
            return self._wait(program, who)
        finally:
            watch(self.kernel.now_ns - begin_ns)

    def _wait(self, program: Generator[None, None, Result], who: Callable[[], str]) -> Result:
        if self.strands is not None and self.strands.alive:
            return self.strands.wait(program, who)
        kernel = self.kernel
        try:
            result: Result = kernel.complete(program)
        except Deadlock:
            raise Deadlock(f"{who()} waits, and nothing in this kernel can ever wake it") from None
        finally:
            program.close()
            kernel.run_until(max(kernel.free_ns, kernel.now_ns))
        return result

    def attempt(
        self, fd: int, function: Callable[[int], Result], who: Callable[[], str], dont_wait: bool = False
    ) -> Result:
        """Make a call on a descriptor, which waits if the open file is a blocking one."""
        file = self.kernel.table.files.get(fd)
        if file is None or not file.blocking or dont_wait:
            return self.call(function, fd)
        if file.mask & poll_bits.IN:
            with suppress(BlockingIOError):
                return self.call(function, fd)
        return self.wait(self._until_done(file, fd, function), who)

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
        who: Callable[[], str],
        dont_wait: bool = False,
    ) -> int:
        """Write to a descriptor; a blocking one is written to until all is taken."""
        file = self.kernel.table.files.get(fd)
        if file is None or not file.blocking or dont_wait:
            return self.call(function, fd, data)
        taken = 0
        if file.mask & poll_bits.OUT:
            with suppress(BlockingIOError):
                taken = self.call(function, fd, data)
            if taken == len(data):
                return taken
        return self.wait(self._until_taken(file, fd, data, taken, function), who)

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


class StdlibModule:
    """Base of what stands in place of a module."""

    module = ""
    """The standard library's name of it."""

    def __init__(self, process: Process) -> None:
        self._process = process

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        names = {*vars(type(self)), *vars(self)} - {"module"}
        offered = ", ".join(sorted(key for key in names if key[0] != "_" and not key.isupper()))
        raise AttributeError(
            f"{self.module}.{name} is left out of the simulated kernel; it has {offered}",
            name=name,
            obj=self,
        )
