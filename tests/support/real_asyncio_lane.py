"""A lane whose server is the interpreter's own asyncio. Tests compare the race's model of asyncio with it.

asyncio runs in a thread of the host, which makes no system call itself. It passes each call to the lane's
task, and waits until the task has made the call and its virtual time has passed. So its calls are made like
the calls of every server: at the nanosecond at which they are due, with interrupts between them. Everything
else is asyncio: the loop comes from :func:`sim.stdlib.kernel.asyncio_loop`, the server is
``asyncio.start_server``, and the handler is the same that :mod:`sim.servers.asyncio_streams` models.
"""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Generator
from contextlib import suppress
from typing import Any

from sim.kernel.descriptors import IdleBlock
from sim.machine.task import Program
from sim.servers.base import ServerSettings
from sim.servers.epoll import EpollServer
from sim.stdlib.kernel import Kernel
from sim.stdlib.process import SimulatedProcess

PATIENCE_S = 30.0
ONE_MORE_ACCEPTED = int(sys.version_info >= (3, 14))
"""From Python 3.14 on, asyncio accepts backlog + 1 connections at once; the lane accepts backlog."""


class Over(SystemExit):
    """Raised at the end of the race from asyncio's current call."""


class HandedOver(SimulatedProcess):
    """A process whose calls come from a thread of the host; a task of the kernel makes them, one at a
    time.
    """

    def __init__(self, kernel: Kernel) -> None:
        super().__init__(kernel)
        self.thread: threading.Thread | None = None
        self.over = False
        self._asked, self._answered = threading.Semaphore(0), threading.Semaphore(0)
        self._program: Program | None = None
        self._result: Any = None
        self._error: BaseException | None = None

    # -- the thread's side ----------------------------------------------------------------

    def call(self, function: Any, *given: Any) -> Any:  # type: ignore[override]
        return self._make(_plain(function, given))

    def wait(self, program: Any, who: Any) -> Any:
        return self._make(program)

    def _make(self, program: Program) -> Any:
        if self.over or threading.current_thread() is not self.thread:
            return self._at_once(program)
        self._program = program
        self._asked.release()
        assert self._answered.acquire(timeout=PATIENCE_S)
        error, self._error = self._error, None
        if error is not None:
            raise error
        return self._result

    # -- the task's side ------------------------------------------------------------------

    def serve(self, main: Any) -> Program:
        """Start the thread, and make its calls."""
        self.thread = threading.Thread(target=main, daemon=True)
        self.thread.start()
        while True:
            assert self._asked.acquire(timeout=PATIENCE_S)
            assert self._program is not None
            try:
                self._result = yield from self._program
            except OSError as error:
                self._error = error
            self._answered.release()

    def finish(self) -> None:
        """Let the thread finish its work in no virtual time, then clean up and end."""
        if self.thread is None:
            return
        self.over = True
        assert self._program is not None
        try:
            if self.kernel.running is None:
                raise Over
            self._result = self._at_once(self._program)
        except (OSError, Over) as error:
            self._error = error
        self._answered.release()
        self.thread.join(PATIENCE_S)
        assert not self.thread.is_alive()

    def _at_once(self, program: Program) -> Any:
        """Run a call to its end in no virtual time. A call that would sleep is closed, and :class:`Over` is
        raised.
        """
        asleep = self.kernel.running is None
        while True:
            try:
                next(program)
            except StopIteration as stop:
                return stop.value
            if self.kernel.running is None and not asleep:
                program.close()
                raise Over


def _plain(function: Any, given: tuple[Any, ...]) -> Generator[None, None, Any]:
    error = result = None
    try:
        result = function(*given)
    except OSError as raised:
        error = raised
    yield
    if error is not None:
        raise error
    return result


class RealAsyncioServer(EpollServer):
    """An asyncio server that waits in ``await reader.read()``."""

    name = "asyncio"
    restartable = False
    kernel: Kernel

    def __init__(self, kernel: Kernel, settings: ServerSettings) -> None:
        self.process = HandedOver(kernel)
        kernel.process = self.process
        super().__init__(kernel, settings)
        sock = kernel.socket.socket(fileno=self.listener_fd)
        self.server = self.loop.run_until_complete(
            asyncio.start_server(self.handle, sock=sock, backlog=settings.backlog, start_serving=False)
        )

    def open_spare(self) -> int:
        class Loop(self.kernel.asyncio.EventLoop):  # type: ignore[name-defined,misc]
            """The kernel's loop without the self-pipe."""

            def _make_self_pipe(self) -> None:
                self._csock = self._ssock = None

            def _close_self_pipe(self) -> None:
                pass

            def _accept_connection(
                self, factory: Any, sock: Any, sslcontext: Any, server: Any, backlog: int, *given: Any
            ) -> None:
                accepted = backlog - ONE_MORE_ACCEPTED
                super()._accept_connection(factory, sock, sslcontext, server, accepted, *given)

        self.loop: Any = Loop()
        number: int = self.loop._selector.fileno()
        return number

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """The echo server."""
        fd = writer.get_extra_info("socket").fileno()
        with suppress(ConnectionResetError):  # at the race's end
            while data := await reader.read(self.settings.buffer_bytes):
                self.process.call(self.kernel.work, self.work_ns(fd, data))
                writer.write(data)
                await writer.drain()
            writer.close()
            await writer.wait_closed()

    def adopt(self, block: IdleBlock) -> None:
        kernel = self.kernel
        self.loop.run_until_complete(self._adopt(block))
        kernel.call_serial, kernel.last_call, self.epoll.collected_ns = 0, None, -1
        for item in self.epoll.interest.values():
            item.checked_ns = None

    async def _adopt(self, block: IdleBlock) -> None:
        """Turn accepted sockets into connections, as ``_accept_connection`` does."""
        for fd in range(block.first, block.last + 1):
            connection = self.kernel.socket.socket(fileno=fd)
            connection.setblocking(False)
            extra = {"peername": ("127.0.0.1", fd)}
            made = self.loop._accept_connection2(
                self.server._protocol_factory, connection, extra, None, self.server
            )
            await self.loop.create_task(made)
        for _ in range(3):
            await asyncio.sleep(0)

    def run(self) -> Program:
        return self.process.serve(self._main)

    def _main(self) -> None:
        loop = self.loop
        try:
            if self.settings.accepting:
                sock = self.server._sockets[0]
                loop._start_serving(
                    self.server._protocol_factory, sock, None, self.server, self.settings.backlog
                )
            loop.run_forever()
        except Over:
            pass
        finally:
            self._tidy_up()

    def _tidy_up(self) -> None:
        """End every task and close every connection, in no virtual time."""
        loop = self.loop
        loop._stopping = False
        for transport in list(loop._transports.values()):
            transport.abort()
        self.server.close()

        async def rest() -> None:
            for _ in range(20):
                await asyncio.sleep(0)

        loop.run_until_complete(rest())
        loop.close()
