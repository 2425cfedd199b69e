"""A user's script on a simulated kernel, turn by turn: the subject of ``c10k-tui watch SCRIPT.py``.

The script is ordinary Python that calls ``asyncio.run``. It runs with the kernel's modules in place of the
host's (:mod:`sim.scripts.script_imports`), and without access to the real machine
(:mod:`sim.scripts.host_guard`)::

    script = Script(Path("server.py"))
    while script.advance():  # one turn of its event loop
        rows = task_rows(script.loop)
    if script.error:
        print(script.error)

The script has a thread of its own, and runs only while :meth:`Script.run_until` waits for it
(:mod:`sim.scripts.alternating_thread`). It stops between two steps of a turn, and then all of its state can
be read. A script that makes no event loop runs to its end without a stop.

A script can fail, wait for something that never comes, block for real, or never end. Each case is one
:class:`~sim.scripts.script_error.ScriptError` with the script's line. In the last two cases the script has
not given control back, and :meth:`Script.where` returns the line that runs now.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

from sim.scripts.alternating_thread import AlternatingThread
from sim.scripts.host_guard import HostGuard
from sim.scripts.loop_figures import LoopRecord
from sim.scripts.script_error import ScriptError, compiled, exit_error, uncaught
from sim.scripts.script_imports import ScriptImports
from sim.scripts.script_output import ScriptOutput
from sim.scripts.unwinding import ScriptUnwound, Unwinding
from sim.stacks.code_place import Place, place_of
from sim.stdlib.asyncio.loop_watcher import TurnStep
from sim.stdlib.kernel import Kernel

StopPoint = TurnStep | Literal["callback"]
"""A point at which a script can stop: before a step of a turn, or before a callback."""
_END_PATIENCE_S = 1.0
"""Longest time that :meth:`Script.close` waits for the script's end, in seconds of the host."""


class Script:
    """A script that runs on a simulated kernel.

    Args:
        path: the script's file.
        argv: ``sys.argv`` after the script's name.
        kernel: the kernel that it runs on; None for a new one.
        output: keeps what the script prints; None if it prints to the process's own streams.

    Raises:
        ScriptError: the file cannot be read, or is not Python.
    """

    def __init__(
        self,
        path: Path,
        argv: Sequence[str] = (),
        kernel: Kernel | None = None,
        output: ScriptOutput | None = None,
    ) -> None:
        self.path = path.resolve()
        self.argv = [str(path), *argv]
        self.kernel = kernel or Kernel()
        self._code = compiled(self.path)
        self.imports = ScriptImports(self.kernel, self.path.parent, self._runs_here)
        self.guard = HostGuard(self._runs_here, self.is_own)
        self.loop: Any = None
        """The event loop that runs, or ran last; None before the script makes one."""
        self.record: LoopRecord | None = None
        """The figures of that loop; None before there is one."""
        self.error: ScriptError | None = None
        """The error that ended the script; None while it runs, and after a good end."""
        self.over = False
        """True once the script has ended."""
        self.moment: StopPoint = "over"
        """The latest stop point that the script has reached."""
        self.turn_size = 0
        """Callbacks queued when the latest step of callbacks began."""
        self.output = output
        self._loops: list[Any] = []
        self._stop_at: Callable[[StopPoint], bool] = lambda stop_point: False
        self._unwinding = Unwinding()
        self._thread = AlternatingThread(self._execute, f"script {self.path.name}")

    # -- from outside ---------------------------------------------------------------------

    def advance(self, turns: int = 1, patience_s: float | None = None) -> bool:
        """Let the script run until its event loop has finished some turns, or the script has ended.

        Args:
            turns: number of turns.
            patience_s: seconds of the host to wait at most; None waits without a limit.

        Returns:
            True if the script has not ended.

        Raises:
            ScriptError: the script has not given control back in time: a callback blocks for real, or never
                ends. The next call waits for it again.
        """
        left = turns

        def enough(stop_point: StopPoint) -> bool:
            nonlocal left
            left -= stop_point == "over"
            return left <= 0

        return self.run_until(enough, patience_s)

    def step(self, patience_s: float | None = None) -> bool:
        """Let the script run until the next step of a turn begins; see :meth:`advance`."""
        return self.run_until(lambda stop_point: stop_point != "callback", patience_s)

    def run(self, patience_s: float | None = None) -> None:
        """Let the script run to its end.

        Raises:
            ScriptError: the script failed, or has not given control back in time.
        """
        self.run_until(lambda stop_point: False, patience_s)
        if self.error is not None:
            raise self.error

    def run_until(self, stop_at: Callable[[StopPoint], bool], patience_s: float | None = None) -> bool:
        """Let the script run up to a stop point; see :meth:`advance`.

        Args:
            stop_at: called at each stop point, in the script's own thread; True stops the script there. While
                the script has not given control back, the function of the earlier call stays in force.
            patience_s: seconds of the host to wait at most; None waits without a limit.
        """
        if self.over:
            return False
        if self.output is not None:
            self.output.put_in_place()
        if not self.is_stuck:
            self._stop_at = stop_at
        self._thread.resume(patience_s)
        if self.is_stuck:
            place = self.where()
            at = f"{place}: {place.text.removesuffix(':')}" if place else self.path.name
            raise ScriptError(f"{at}: has not come back for {patience_s:g} s, and holds up the event loop")
        if self.output is not None:
            self.output.take_away()
        return not self.over

    @property
    def is_stuck(self) -> bool:
        """True if the script has not given control back. It still runs, and its state must not be read."""
        return self._thread.is_late

    def where(self) -> Place | None:
        """The script's line that runs now, also while the script is stuck; None if none of its lines runs."""
        frame = sys._current_frames().get(self._running_thread() or 0)
        while frame is not None and not self.is_own(frame.f_code.co_filename):
            frame = frame.f_back
        return None if frame is None else place_of(frame)

    def is_own(self, file: str) -> bool:
        """True if a file is the script, or lies in the script's folder."""
        return "site-packages" not in file and Path(file).is_relative_to(self.path.parent)

    def close(self) -> None:
        """End the script at its current line; its later output is dropped.

        A script that is stuck in a call that blocks for real stays there, in its thread.
        """
        output = self.output or ScriptOutput()
        self._unwinding.begun = True
        self._stop_at = lambda stop_point: False
        for loop in self._loops:  # each of thousands of cancelled tasks may report an error
            loop.set_exception_handler(lambda _loop, _context: None)
        output.muted = True
        output.put_in_place()
        try:
            if self._thread.ident is not None and not self.over:
                self._thread.finish(_END_PATIENCE_S, ScriptUnwound, self._running_thread())
        finally:
            output.take_away()

    def _running_thread(self) -> int | None:
        """The host's number of the thread that runs the script's code: its own, or a simulated thread's."""
        threads = self.kernel.process.threads
        host = threads.current.host if threads is not None else None
        return host.ident if host is not None else self._thread.ident

    def _runs_here(self) -> bool:
        """True if the caller is the script's code."""
        return threading.get_ident() == self._running_thread()

    # -- in the script's thread -----------------------------------------------------------

    def _execute(self) -> None:
        main = ModuleType("__main__")
        vars(main).update({"__file__": str(self.path), "__builtins__": self.imports.builtins})
        loops = self.kernel.asyncio.loop_context
        loops.watch_new_loop = self._new_loop
        argv_before = sys.argv
        try:
            with self.imports.in_place(main), self.guard, self.kernel.threading:
                sys.argv = self.argv
                exec(self._code, vars(main))
        except ScriptUnwound:
            pass
        except SystemExit as end:
            self.error = exit_error(self.path.name, end)
        except BaseException as error:
            self.error = uncaught(error, self.is_own)
        finally:
            sys.argv = argv_before
            loops.watch_new_loop = lambda loop: None
            self._close_loops()
            if self.error is None and self.guard.refusals and not self._unwinding.begun:
                self.error = ScriptError(self.guard.refusals[0])
            self.over = True

    def _new_loop(self, loop: Any) -> LoopRecord:
        self.loop = loop
        self._loops.append(loop)
        self.record = LoopRecord(self.kernel, self._at, lambda: self._at("callback"))
        return self.record

    def _at(self, stop_point: StopPoint) -> None:
        """The script has reached a stop point: pause it if asked to, and unwind it if it is to end."""
        self.moment = stop_point
        if stop_point == "callbacks":  # the first of them has been taken from the queue
            self.turn_size = 1 + sum(not handle._cancelled for handle in self.loop._ready)
        if self._stop_at(stop_point):
            self._thread.pause()
        self._unwinding.at(stop_point, lambda: self.kernel.asyncio.tasks.all_tasks(self.loop))

    def _close_loops(self) -> None:
        """Close everything that the script left open, so that no object prints a warning when it is freed."""
        for loop in self._loops:
            if self._unwinding.begun:
                loop.set_exception_handler(lambda _loop, _context: None)
            if not loop.is_closed():
                for task in self.kernel.asyncio.tasks.all_tasks(loop):
                    task._log_destroy_pending = False
                loop.close()
            for transport in list(loop._transports.values()):
                transport._closing = True
                connection, transport._sock = transport._sock, None
                if connection is not None:
                    connection.close()
