"""What keeps a simulated run on the simulated machine: the host's network, processes and keyboard refused.

A script and what it imports have simulated sockets; a library that this process had before, or the
standard library (``urllib``, ``http.client``), has real ones. The interpreter tells of every such call
before it makes it (``sys.addaudithook``, PEP 578), and a hook that raises prevents it. The hook stays for
the life of the process, asks first whether it is a guarded run that calls, and leaves all others alone.

Before Python 3.13 ``time.sleep`` tells nothing: a library of the standard library that sleeps for real
does so (:meth:`sim.scripts.script.Script.where` finds it).
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

from sim.stacks.place import Place, place_of

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
"""Audit events that are refused: the call, and why."""
_THREADS = "sim.stdlib.simulated_threads"


class HostReached(RuntimeError):
    """A simulated run made a call that reaches for the real machine."""


class HostGuard:
    """Watches over one run.

    Args:
        here: says whether the run is what calls, in this thread of the host's.
        is_own: says whether a file belongs to the script.
    """

    def __init__(self, here: Callable[[], bool], is_own: Callable[[str], bool]) -> None:
        self._here, self._is_own = here, is_own
        self.refusals: list[str] = []
        """What was refused, also if the script did not let it end it."""

    def __enter__(self) -> HostGuard:
        _install()
        _GUARDS.append(self)
        return self

    def __exit__(self, *_: object) -> None:
        _GUARDS.remove(self)

    def refuse(self, event: str, frame: FrameType | None) -> None:
        """Raise for a call, if it is the run that makes it.

        Raises:
            HostReached: with the script's line, the call, and the module it was made through.
        """
        if not self._here():
            return
        through = None
        place: Place | None = None
        while frame is not None:
            module = frame.f_globals.get("__name__", "")
            if module == _THREADS:
                return  # a simulated thread begins
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


_GUARDS: list[HostGuard] = []
_installed: list[bool] = []


def _hook(event: str, _args: tuple[Any, ...]) -> None:
    if _GUARDS and event in REFUSED:
        for guard in tuple(_GUARDS):
            guard.refuse(event, sys._getframe(1))


def _install() -> None:
    if not _installed:
        _installed.append(True)
        sys.addaudithook(_hook)
