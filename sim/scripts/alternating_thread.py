"""A thread of the host that runs only while its owner waits for it.

A script calls ``asyncio.run``, which does not return before the script's end. To stop the script in the
middle, its stack must live in a thread of its own. Owner and thread take turns, with one semaphore for each
direction: only one of them runs at a time, so the host's scheduler decides nothing, and the owner can read
everything that belongs to the thread while the thread is paused.

Why not a trace function or a coroutine: a trace function slows every line down, and plain functions between
``asyncio.run`` and the pause cannot be suspended without a stack.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable


class AlternatingThread:
    """A thread that its owner resumes, and that pauses itself.

    Args:
        body: the thread's code; it calls :meth:`pause`.
        name: the thread's name.
    """

    def __init__(self, body: Callable[[], None], name: str) -> None:
        self._body = body
        self._resumed, self._paused = threading.Semaphore(0), threading.Semaphore(0)
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self.is_late = False
        """True if it was resumed and did not pause in time. It still runs, and its state must not be read."""

    @property
    def ident(self) -> int | None:
        """The host's number of the thread; None before it starts."""
        return self._thread.ident

    # -- for the owner --------------------------------------------------------------------

    def resume(self, patience_s: float | None) -> None:
        """Let the thread run until it pauses or ends. If it is late, only wait for it.

        Args:
            patience_s: seconds of the host to wait at most; None waits without a limit.
                :attr:`is_late` is True if this was too short.
        """
        if not self.is_late:
            if self._thread.ident is None:
                self._thread.start()
            else:
                self._resumed.release()
        self.is_late = True  # also if an exception, such as that of Ctrl-C, ends the wait
        self.is_late = not self._paused.acquire(timeout=patience_s)

    def finish(self, patience_s: float, error: type[BaseException], ident: int | None) -> None:
        """Let the thread run to its end.

        Args:
            patience_s: seconds of the host to wait at most.
            error: exception that is raised in a late thread; nothing else can stop such a thread.
            ident: the host's number of the thread that runs for this one; None for none.
        """
        if self.is_late:
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(ident or 0), ctypes.py_object(error))
        else:
            self._resumed.release()
        self._paused.acquire(timeout=patience_s)

    # -- in the thread --------------------------------------------------------------------

    def pause(self) -> None:
        """Let the owner run until it resumes this thread."""
        self._paused.release()
        self._resumed.acquire()

    def _run(self) -> None:
        try:
            self._body()
        finally:
            self._paused.release()
