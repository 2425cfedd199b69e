"""From epoll to ``await``: an event loop, coroutines on it, and asyncio itself on a simulated kernel.

Read in this order: :mod:`sim.loop.eventloop` puts callbacks on epoll, :mod:`sim.loop.coroutine` wraps
them into coroutines; ``echo_callbacks``, ``echo_generators`` and ``echo_await`` are the same server in
three styles. All of it runs on the modules it is given: a simulated kernel's or the host's own.
"""
