"""A user's script on a simulated kernel, turn by turn: what ``c10k-tui watch SCRIPT.py`` shows.

The script is ordinary Python that calls ``asyncio.run``. It is executed with the kernel's modules in place
of the host's (:mod:`sim.scripts.imports`), and kept from the real machine (:mod:`sim.scripts.guard`)::

    script = Script(Path("server.py"))
    while script.advance():  # one turn of its event loop
        rows = observe.task_rows(script.loop)
    if script.error:
        print(script.error)

Code that calls ``asyncio.run`` does not come back before its end, so the script has a thread of the host's
for its stack. It runs only while :meth:`Script.advance` waits for it, and stops between two steps of a
turn: nothing here depends on the host's scheduler, and whoever advances it can look at everything. A
script that makes no event loop runs to its end in one go.

It may fail, wait for what never comes, block for real or never end; each is one :class:`ScriptError` with the
script's line, or, for the last two, what :meth:`Script.where` says while it has not come back.
"""

from __future__ import annotations

import ctypes
import sys
import threading
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

from sim.scripts.guard import HostGuard
from sim.scripts.imports import ScriptImports
from sim.scripts.loop_figures import LoopRecord
from sim.scripts.output import ScriptOutput
from sim.stacks.place import Place, one_line, place_of
from sim.stdlib.asyncio.loop_watcher import TurnStep
from sim.stdlib.kernel import Kernel

Moment = TurnStep | Literal["callback"]
"""Where a script can be stopped: before a step of a turn, or before a callback."""
CLEANING_TURNS = 1_000
"""Turns that a script has to clean up when it is ended."""


_STUBBORN: list[Any] = []
"""Tasks that would not be ended. Kept for good: who collected them as garbage would run what they do then."""


def left_stubborn_tasks() -> bool:
    """Whether tasks of a script that is over would not be ended: the interpreter's own end would run them."""
    return bool(_STUBBORN)


class ScriptError(Exception):
    """Why a script did not come to a good end: one line that names the script's line."""

    def __init__(self, message: str, details: str = "", place: Place | None = None) -> None:
        super().__init__(message)
        self.place = place
        """The script's line where it failed, if it is one."""
        self.details = details
        """The traceback, without the frames of what runs the script."""


class ScriptUnwound(BaseException):
    """Raised in the script's thread to unwind it; not for scripts to catch."""


class Script:
    """A script under way.

    Args:
        path: the file.
        argv: ``sys.argv`` after the script's name.
        kernel: what it runs on; a new one by default.
        output: where what it prints is kept; None: it prints where everybody does.

    Raises:
        ScriptError: the file cannot be read, or is no Python.
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
        self._code = _compiled(self.path)
        self.imports = ScriptImports(self.kernel, self.path.parent, self._here)
        self.guard = HostGuard(self._here, self.is_own)
        self.loop: Any = None
        """The event loop that runs, or ran last."""
        self.record: LoopRecord | None = None
        """What is counted of it."""
        self.error: ScriptError | None = None
        """Why it failed; None while it runs, and after a good end."""
        self.over = False
        self.moment: Moment = "over"
        """The latest moment at which it could have been stopped."""
        self.turn_size = 0
        """Callbacks of the turn under way, or of the last one that had any, that it began with."""
        self.output = output
        self._loops: list[Any] = []
        self._stop_at: Callable[[Moment], bool] = lambda moment: False
        self._theirs, self._ours = threading.Semaphore(0), threading.Semaphore(0)
        self._ending = False
        self._told_to_end = False
        self._turns_left = CLEANING_TURNS
        self._thread = threading.Thread(target=self._execute, name=f"script {self.path.name}", daemon=True)

    # -- from outside ---------------------------------------------------------------------

    def advance(self, turns: int = 1, patience_s: float | None = None) -> bool:
        """Let it run until so many turns of its event loop are over, or it is.

        Args:
            patience_s: how long to wait for it, in seconds of the host's; for ever by default.

        Returns:
            Whether it goes on.

        Raises:
            ScriptError: it has not come back: a callback blocks the loop for real, or never ends. It may
                still come back: advance waits for it then.
        """
        left = turns

        def enough(moment: Moment) -> bool:
            nonlocal left
            left -= moment == "over"
            return left <= 0

        return self.run_until(enough, patience_s)

    def step(self, patience_s: float | None = None) -> bool:
        """Let it run until the next step of a turn begins; see :meth:`advance`."""
        return self.run_until(lambda moment: moment != "callback", patience_s)

    def run(self, patience_s: float | None = None) -> None:
        """Let it run to its end.

        Raises:
            ScriptError: it failed, or has not come back.
        """
        self.run_until(lambda moment: False, patience_s)
        if self.error is not None:
            raise self.error

    def where(self) -> Place | None:
        """The script's line that runs at this moment; for whoever waits for it."""
        frame = sys._current_frames().get(self._running_thread() or 0)
        while frame is not None and not self.is_own(frame.f_code.co_filename):
            frame = frame.f_back
        return None if frame is None else place_of(frame)

    def close(self) -> None:
        """End it where it stands; stuck in a call that blocks for real, it stays so, in its thread.

        What it prints from here on is forgotten.
        """
        output = self.output or ScriptOutput()
        self._ending = True
        self._stop_at = lambda moment: False
        for loop in self._loops:  # thousands of tasks that are cancelled may have something to say about it
            loop.set_exception_handler(lambda _loop, _context: None)
        output.muted = True
        output.put_in_place()
        try:
            self._end()
        finally:
            output.take_away()

    def _end(self) -> None:
        if self._thread.ident is None or self.over:
            return
        if self._waiting_for_it:
            ended = ctypes.py_object(ScriptUnwound)
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self._running_thread() or 0), ended)
        else:
            self._theirs.release()
        self._ours.acquire(timeout=1)

    def is_own(self, file: str) -> bool:
        """Whether a file is the script, or lies beside it."""
        return "site-packages" not in file and Path(file).is_relative_to(self.path.parent)

    _waiting_for_it = False
    """It has the turn, and has not given it back in time."""

    @property
    def is_stuck(self) -> bool:
        """Whether it was waited for in vain: it runs, and nothing of it may be looked at."""
        return self._waiting_for_it

    def run_until(self, stop_at: Callable[[Moment], bool], patience_s: float | None = None) -> bool:
        """Let it run up to a moment; see :meth:`advance`.

        Args:
            stop_at: asked at each moment, in the script's own thread, whether to stop there. While the
                script has not come back from the call before, that one's still holds.
        """
        if self.over:
            return False
        if self.output is not None:
            self.output.put_in_place()
        if not self._waiting_for_it:
            self._stop_at = stop_at
            if self._thread.ident is None:
                self._thread.start()
            else:
                self._theirs.release()
        self._waiting_for_it = not self._ours.acquire(timeout=patience_s)
        if self._waiting_for_it:
            place = self.where()
            told = f"{place}: {place.text.removesuffix(':')}" if place else self.path.name
            raise ScriptError(f"{told}: has not come back for {patience_s:g} s, and holds up the event loop")
        if self.output is not None:
            self.output.take_away()
        return not self.over

    def _running_thread(self) -> int | None:
        threads = self.kernel.process.threads
        host = threads.current.host if threads is not None else None
        return host.ident if host is not None else self._thread.ident

    def _here(self) -> bool:
        return threading.get_ident() == self._running_thread()

    # -- in the script's thread -----------------------------------------------------------

    def _execute(self) -> None:
        main = ModuleType("__main__")
        vars(main).update({"__file__": str(self.path), "__builtins__": self.imports.builtins})
        package = self.kernel.asyncio
        package.loop_context.watch_new_loop = self._new_loop
        argv_before = sys.argv
        try:
            with self.imports.in_place(main), self.guard, self.kernel.threading:
                sys.argv = self.argv
                exec(self._code, vars(main))
        except ScriptUnwound:
            pass
        except SystemExit as end:
            if isinstance(end.code, str):  # sys.exit prints it, and the status is 1
                said = " ".join(end.code.split()) or "ended with exit status 1"
                self.error = ScriptError(one_line(f"{self.path.name}: {said}"))
            elif end.code:
                self.error = ScriptError(f"{self.path.name}: ended with exit status {end.code}")
        except BaseException as error:
            self.error = self._told(error)
        finally:
            sys.argv = argv_before
            package.loop_context.watch_new_loop = lambda loop: None
            self._end_loops()
            if self.error is None and self.guard.refusals and not self._ending:
                self.error = ScriptError(self.guard.refusals[0])
            self.over = True
            self._ours.release()

    def _new_loop(self, loop: Any) -> LoopRecord:
        self.loop = loop
        self._loops.append(loop)
        self.record = LoopRecord(self.kernel, self._at, lambda: self._at("callback"))
        return self.record

    def _at(self, moment: Moment) -> None:
        """A step of a turn begins, or a callback: stop here, if that was asked for."""
        self.moment = moment
        if moment == "callbacks":  # the first of them has been taken from the queue
            self.turn_size = 1 + sum(not handle._cancelled for handle in self.loop._ready)
        if self._stop_at(moment):
            self._ours.release()
            self._theirs.acquire()
        if self._ending and moment not in ("callbacks", "callback"):  # there one would be taken and not run
            self._turns_left -= moment == "over"
            if self._turns_left <= 0:
                _STUBBORN.extend(self.kernel.asyncio.tasks.all_tasks(self.loop))
            elif self._told_to_end:
                return
            self._told_to_end = True
            raise ScriptUnwound

    def _end_loops(self) -> None:
        """Close what the script left open, so that nothing of it complains later."""
        for loop in self._loops:
            if self._ending:
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

    def _told(self, error: BaseException) -> ScriptError:
        """An exception that the script did not catch, in one line."""
        whole = traceback.TracebackException.from_exception(error)
        own = [frame for frame in whole.stack if self.is_own(frame.filename)]
        whole.stack = traceback.StackSummary.from_list(whole.stack[1:])  # without the frame above
        kind = "" if str(error) and type(error).__module__.startswith("sim") else f"{type(error).__name__}: "
        text = f"{kind}{error}".removesuffix(": ")
        text = one_line(text.splitlines()[0])
        if own and not text.startswith(f"{Path(own[-1].filename).name}:"):
            text = f"{Path(own[-1].filename).name}:{own[-1].lineno} in {own[-1].name}: {text}"
        place = Place(own[-1].filename, own[-1].lineno or 1, own[-1].name) if own else None
        return ScriptError(text, "".join(whole.format()), place)


def _compiled(path: Path) -> Any:
    try:
        source = path.read_bytes()
    except OSError as error:
        raise ScriptError(f"{path}: {error.strerror}") from None
    try:
        return compile(source, str(path), "exec", dont_inherit=True)
    except SyntaxError as error:
        line = f":{error.lineno}" if error.lineno else ""  # null bytes, an encoding: it is in no line
        raise ScriptError(f"{path.name}{line}: {error.msg}") from None
    except ValueError as error:
        raise ScriptError(f"{path.name}: {error}") from None
