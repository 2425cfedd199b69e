"""``kernel.asyncio``: the asyncio package, with an event loop on a simulated kernel.

Futures, tasks, streams, protocols and locks are the interpreter's own objects, because they know no
descriptor. The modules that use descriptors are loaded a second time for each kernel
(:mod:`sim.stdlib.module_copies`): ``selectors``, ``asyncio.base_events``, ``asyncio.selector_events``, and
``asyncio.runners``, whose ``run`` makes the loop. Their imports get these modules:

=============================  ==================================================================
``socket``, ``time``           the kernel's modules
``select`` (in ``selectors``)  the kernel's module, as on Linux
``threading``                  the interpreter's, with the kernel's ``Thread``
``concurrent``                 the interpreter's, with a ``ThreadPoolExecutor`` of simulated threads
                               (:class:`sim.stdlib.asyncio.executor.ThreadPool`)
``signal``                     the interpreter's, without handlers, so that none is replaced
``asyncio.events``             asyncio's, with handles that are charged for
                               (:mod:`sim.stdlib.asyncio.charged_handles`), and the kernel's new loops
``asyncio.tasks``              asyncio's, with numbered tasks (:mod:`sim.stdlib.asyncio.numbered_task`)
=============================  ==================================================================

The current event loop is kept here, apart from the interpreter's own policy.
"""

from __future__ import annotations

import asyncio
import concurrent
import concurrent.futures
import signal
import threading
from asyncio import events, tasks
from typing import TYPE_CHECKING, Any

from sim.stdlib.asyncio.charged_handles import ChargedHandle, ChargedTimerHandle
from sim.stdlib.asyncio.executor import ThreadPool
from sim.stdlib.asyncio.numbered_task import NumberedTask, ordered_tasks
from sim.stdlib.asyncio.simulated_loop import LoopContext, SimulatedLoop
from sim.stdlib.module_copies import PatchedModule, RedirectedImports

if TYPE_CHECKING:
    from sim.stdlib.linux_select import LinuxSelectModule
    from sim.stdlib.process import SimulatedProcess
    from sim.stdlib.socket import SocketModule
    from sim.stdlib.threading import ThreadingModule
    from sim.stdlib.time import TimeModule


class AsyncioPackage(PatchedModule):
    """The asyncio package; it makes event loops on a simulated kernel.

    Args:
        process: the process that the loops run in.
        socket_module: the sockets and the resolver of the loops.
        select_module: the module that ``selectors`` uses.
        time_module: the loops' clock.
        threading_module: the threads of ``run_in_executor``.
    """

    def __init__(
        self,
        process: SimulatedProcess,
        socket_module: SocketModule,
        select_module: LinuxSelectModule,
        time_module: TimeModule,
        threading_module: ThreadingModule,
    ) -> None:
        super().__init__(asyncio)
        self._current: Any = None
        self.thread_pool = ThreadPool.on(process, threading_module)
        self.loop_context = LoopContext(process, socket_module, self.thread_pool)
        """The state that all loops share. A watcher of new loops is set here."""
        own = {
            "new_event_loop": self.new_event_loop,
            "get_event_loop": self.get_event_loop,
            "set_event_loop": self.set_event_loop,
        }
        handles = {"Handle": ChargedHandle, "TimerHandle": ChargedTimerHandle}
        self.imports = RedirectedImports({
            "socket": socket_module,
            "select": select_module,
            "time": time_module,
            "threading": PatchedModule(threading, Thread=threading_module.Thread),
            "signal": PatchedModule(signal, getsignal=lambda number: None),
            "concurrent": self._concurrent(),
            "concurrent.futures": self._concurrent().futures,
            "asyncio": self,
            "asyncio.events": PatchedModule(events, **handles, **own),
            "asyncio.tasks": PatchedModule(tasks, Task=NumberedTask, all_tasks=ordered_tasks),
        })  # fmt: skip
        self.selectors = self.imports.copy("selectors")
        self.base_events: Any = self.imports.copy("asyncio.base_events")
        self.selector_events: Any = self.imports.copy("asyncio.selector_events")
        self.runners: Any = self.imports.copy("asyncio.runners")
        self.SelectorEventLoop = self.EventLoop = self._loop_class()
        self.BaseEventLoop, self.Server = self.base_events.BaseEventLoop, self.base_events.Server
        self.Runner, self.run = self.runners.Runner, self.runners.run
        self.events = self.imports.stand_ins["asyncio.events"]
        self.Handle, self.TimerHandle = ChargedHandle, ChargedTimerHandle
        vars(self).update(own)

    def _concurrent(self) -> Any:
        pools = PatchedModule(concurrent.futures, ThreadPoolExecutor=self.thread_pool)
        return PatchedModule(concurrent, futures=pools)

    def _loop_class(self) -> type[Any]:
        parents = (SimulatedLoop, self.selector_events.BaseSelectorEventLoop)
        return type("SimulatedEventLoop", parents, {"context": self.loop_context})

    def new_event_loop(self) -> Any:
        """A new event loop on the kernel."""
        return self.EventLoop()

    def set_event_loop(self, loop: Any) -> None:
        """Set the loop that :meth:`get_event_loop` returns while no loop runs; None for none."""
        self._current = loop

    def get_event_loop(self) -> Any:
        """The running loop; else the one that was set; else a new one."""
        running = events._get_running_loop()
        if running is not None:
            return running
        if self._current is None:
            self._current = self.new_event_loop()
        return self._current
