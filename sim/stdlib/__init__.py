"""Modules of the standard library on a simulated kernel: select, socket, os, time, threading, asyncio.

Code written for these modules runs here unchanged: same functions, classes, constants, argument checks,
return types, exceptions and errno. The calling program is a process outside the simulated CPU. Each call
is one system call, takes the virtual time that it costs, and a call that blocks lets virtual time run
until it is woken. If nothing can ever wake it, it raises :class:`sim.Deadlock`, which names the waiting
calls.

A name that a module leaves out raises an ``AttributeError`` that says so; there are no stubs. An object
that is dropped without being closed stays open, because the moment at which Python collects it is not
part of virtual time.

- :mod:`~sim.stdlib.kernel`: ``sim.Kernel``, whose attributes are the modules; ``asyncio_loop``. Start here.
- :mod:`~sim.stdlib.process`: plain function calls as system calls that take virtual time.
- :mod:`~sim.stdlib.stdlib_module`: base class of the modules.
- :mod:`~sim.stdlib.select` (all), :mod:`~sim.stdlib.linux_select` (without kqueue); their objects:
  :mod:`~sim.stdlib.poll_object`, :mod:`~sim.stdlib.epoll_object`, :mod:`~sim.stdlib.kqueue_object`,
  :mod:`~sim.stdlib.kevent_object`; :mod:`~sim.stdlib.owned_descriptor`, base of epoll and kqueue objects.
- :mod:`~sim.stdlib.socket`: the module; :mod:`~sim.stdlib.socket_object`: the class;
  :mod:`~sim.stdlib.socket_timeouts`, :mod:`~sim.stdlib.socket_constants`,
  :mod:`~sim.stdlib.socket_addresses`, and :mod:`~sim.stdlib.name_resolution` (``getaddrinfo``).
- :mod:`~sim.stdlib.os`: calls on descriptors. :mod:`~sim.stdlib.time`: clocks and ``sleep``.
- :mod:`~sim.stdlib.threading`: ``Thread``; :mod:`~sim.stdlib.simulated_threads`: the order in which threads
  run.
- :mod:`~sim.stdlib.argument_checks` and :mod:`~sim.stdlib.durations`: CPython's conversions of arguments,
  with its exceptions.
- :mod:`~sim.stdlib.sealed_classes`: classes that refuse subclassing, copying and pickling.
- :mod:`~sim.stdlib.module_copies`: a second copy of a standard library module, with other imports.
- :mod:`sim.stdlib.asyncio`: the asyncio package on these modules.

Other rooms import ``Kernel`` from :mod:`sim.stdlib.kernel`, and types of the modules for annotations.
Modules of this room know the raw kernel (:class:`sim.kernel.kernel.RawKernel`) and the process, never
``Kernel``.
"""
