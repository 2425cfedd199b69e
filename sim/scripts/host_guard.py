"""Keeps a simulated run off the real machine: calls to the host's network, processes and keyboard fail.

A script and the packages that it imports get simulated sockets. Modules that this process had loaded
before, and modules of the standard library (``urllib``, ``http.client``), have real ones. The interpreter
reports each such call before it makes it (``sys.addaudithook``, PEP 578), and a hook that raises prevents
the call. A hook cannot be removed. So the hook first checks whether a guarded run makes the call, and ignores
all other calls.

Before Python 3.13 the interpreter does not report ``time.sleep``, so a module of the standard library really
sleeps. :meth:`sim.scripts.script.Script.where` finds the line.

Why not replace the functions instead: each module holds its own references to them, and some are called from
C. The audit hook sees the call itself.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

from sim.stacks.code_place import Place, place_of

NETWORK = "reaches for the host's network; a simulated run has a network of its own"
PROCESS = "starts a process of the host; a simulated machine has one process"
THREAD = "starts a thread of the host; simulated ones come from asyncio.to_thread and threading.Thread"
REAL_WAIT = "waits for real; a simulated run never waits for the host"
REFUSED = {
    "socket.__new__": ("socket.socket", NETWORK),
    **{
        f"socket.{name}": (f"socket.{name}", NETWORK)
        for name in (
            *("connect", "bind", "sendto", "sendmsg", "getaddrinfo", "getnameinfo"),
            *("gethostbyname", "gethostbyaddr"),
        )
    },
    "subprocess.Popen": ("subprocess.Popen", PROCESS),
    **{
        f"os.{name}": (f"os.{name}", PROCESS)
        for name in ("system", "fork", "forkpty", "exec", "posix_spawn", "spawn")
    },
    "builtins.input": ("input", REAL_WAIT),
    "time.sleep": ("time.sleep", REAL_WAIT),
    "_thread.start_new_thread": ("a thread's start", THREAD),
    "_thread.start_joinable_thread": ("a thread's start", THREAD),
}
"""Refused audit events: the call, and the reason."""
_SIMULATED_THREADS = "sim.stdlib.simulated_threads"
"""The module that may start threads of the host."""


class HostReached(RuntimeError):
    """A simulated run made a call that would reach the real machine."""


class HostGuard:
    """Guards one run, while its ``with`` block lasts.

    Args:
        runs_here: returns True if the caller is the run.
        is_own: returns True for a file that belongs to the script.
    """

    def __init__(self, runs_here: Callable[[], bool], is_own: Callable[[str], bool]) -> None:
        self._runs_here, self._is_own = runs_here, is_own
        self.refusals: list[str] = []
        """Messages of all refused calls, also of those whose error the script caught."""

    def __enter__(self) -> HostGuard:
        _install()
        _guards.append(self)
        return self

    def __exit__(self, *_: object) -> None:
        _guards.remove(self)

    def refuse(self, event: str, frame: FrameType | None) -> None:
        """Raise if the run makes this call.

        Args:
            event: a key of :data:`REFUSED`.
            frame: the caller's frame.

        Raises:
            HostReached: with the script's line, the call, and the module through which it was made.
        """
        if not self._runs_here():
            return
        through = None
        place: Place | None = None
        while frame is not None:
            module = frame.f_globals.get("__name__", "")
            if module == _SIMULATED_THREADS:
                return
            if self._is_own(frame.f_code.co_filename):
                place = place_of(frame)
                break
            through = module
            frame = frame.f_back
        call, why = REFUSED[event]
        by = f" (made by {through})" if through else ""
        where = f"{place}: " if place else ""
        self.refusals.append(f"{where}{call}{by} {why}")
        raise HostReached(self.refusals[-1])


_guards: list[HostGuard] = []
"""The guards of all runs under way."""
_installed: list[bool] = []
"""Not empty once the hook is installed."""


def _hook(event: str, _args: tuple[Any, ...]) -> None:
    if _guards and event in REFUSED:
        for guard in tuple(_guards):
            guard.refuse(event, sys._getframe(1))


def _install() -> None:
    if not _installed:
        _installed.append(True)
        sys.addaudithook(_hook)
