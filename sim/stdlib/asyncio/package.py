"""``kernel.asyncio``: the asyncio package, with an event loop on a simulated kernel.

Futures, tasks, streams, protocols, locks are the interpreter's own, the same objects: they know no
descriptor. Loaded once more for each kernel (:mod:`sim.stdlib.module_copies`) are the modules that do:
``selectors``, ``asyncio.base_events`` and ``asyncio.selector_events``, and ``asyncio.runners``, whose
``run`` makes the loop. What they import is answered thus:

====================  =====================================================================
``socket``, ``time``  the kernel's faces
``select``            the kernel's face (in ``selectors``)
``threading``         the interpreter's, but ``Thread`` is the kernel's
``concurrent``        the interpreter's, but ``ThreadPoolExecutor`` is
:class:`sim.stdlib.asyncio.executor.ThreadPool` ``signal``            the interpreter's, but nobody's handler
is replaced ``.events``           asyncio's, but handles are charged for
(:mod:`sim.stdlib.asyncio.simulated_loop`), and new loops
                      are the kernel's
``.tasks``            asyncio's, but tasks are numbered
====================  =====================================================================

Which event loop is current is kept here, apart from the interpreter's own policy.
"""

from __future__ import annotations

import asyncio
import concurrent
import concurrent.futures
import signal
import threading
from asyncio import events, tasks
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sim.stdlib.asyncio import simulated_loop
from sim.stdlib.asyncio.executor import ThreadPool
from sim.stdlib.module_copies import Imports, Overlay

if TYPE_CHECKING:
    from sim.stdlib.kernel import Kernel


class AsyncioPackage(Overlay):
    """Stands where the asyncio package stands, and makes event loops on a kernel."""

    def __init__(self, kernel: Kernel) -> None:
        super().__init__(asyncio)
        self.kernel = kernel
        self._current: Any = None
        self.watch_new_loop: Callable[[Any], simulated_loop.Watcher | None] = lambda loop: None
        """Called with each new loop: who is to watch it."""
        self.thread_pool = ThreadPool.on(kernel)
        own = {
            "new_event_loop": self.new_event_loop,
            "get_event_loop": self.get_event_loop,
            "set_event_loop": self.set_event_loop,
        }
        handles = {"Handle": simulated_loop.Handle, "TimerHandle": simulated_loop.TimerHandle}
        self.imports = Imports({
            "socket": kernel.socket,
            "select": kernel.select.on_linux,
            "time": kernel.time,
            "threading": Overlay(threading, Thread=kernel.threading.Thread),
            "signal": Overlay(signal, getsignal=lambda number: None),
            "concurrent": self._concurrent(),
            "concurrent.futures": self._concurrent().futures,
            "asyncio": self,
            "asyncio.events": Overlay(events, **handles, **own),
            "asyncio.tasks": Overlay(tasks, Task=simulated_loop.Task, all_tasks=simulated_loop.ordered_tasks),
        })  # fmt: skip
        self.selectors = self.imports.copy("selectors")
        self.base_events: Any = self.imports.copy("asyncio.base_events")
        self.selector_events: Any = self.imports.copy("asyncio.selector_events")
        self.runners: Any = self.imports.copy("asyncio.runners")
        self.SelectorEventLoop = self.EventLoop = self._loop_class()
        self.BaseEventLoop, self.Server = self.base_events.BaseEventLoop, self.base_events.Server
        self.Runner, self.run = self.runners.Runner, self.runners.run
        self.events = self.imports.stand_ins["asyncio.events"]
        self.Handle, self.TimerHandle = simulated_loop.Handle, simulated_loop.TimerHandle
        vars(self).update(own)

    def _concurrent(self) -> Any:
        pools = Overlay(concurrent.futures, ThreadPoolExecutor=self.thread_pool)
        return Overlay(concurrent, futures=pools)

    def _loop_class(self) -> type[Any]:
        parents = (simulated_loop.SimulatedLoop, self.selector_events.BaseSelectorEventLoop)
        return type("SimulatedEventLoop", parents, {"kernel": self.kernel})

    def new_event_loop(self) -> Any:
        """A new event loop on the kernel."""
        return self.EventLoop()

    def set_event_loop(self, loop: Any) -> None:
        """Have a loop be the one that :meth:`get_event_loop` gives; None for none."""
        self._current = loop

    def get_event_loop(self) -> Any:
        """The running loop, or the one set, or a new one."""
        running = events._get_running_loop()
        if running is not None:
            return running
        if self._current is None:
            self._current = self.new_event_loop()
        return self._current
