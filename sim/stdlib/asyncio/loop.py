"""From epoll to ``await``: an event loop, coroutines on it, and asyncio itself on a simulated kernel.

Read in this order: :mod:`sim.lessons.event_loop` puts callbacks on epoll, :mod:`sim.lessons.coroutine` wraps
them into coroutines; ``echo_callbacks``, ``echo_generators`` and ``echo_await`` are the same server in
three styles. All of it runs on the modules it is given: a simulated kernel's or the host's own.

Then asyncio: :func:`asyncio_loop` gives an event loop that is asyncio's own code on a simulated kernel,
and ``kernel.asyncio`` stands where the package stands (:mod:`sim.stdlib.asyncio.package`). ``echo_streams``
is the server on asyncio's streams; :mod:`sim.path.packet_path` follows a packet up to the line after its
``await``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop

    from sim.stdlib.kernel import Kernel


def asyncio_loop(kernel: Kernel) -> AbstractEventLoop:
    """A new asyncio event loop whose selector, sockets, clock and resolver are a kernel's.

    Unmodified asyncio code runs on it, in virtual time::

        loop = asyncio_loop(sim.Kernel())
        loop.run_until_complete(asyncio.sleep(3600))  # takes no time
        loop.close()
    """
    loop: AbstractEventLoop = kernel.asyncio.new_event_loop()
    return loop
