"""The two worlds in which a case runs, and the text in which it reports its results.

A world has modules: the host's, or a simulated kernel's. A case gives names to the descriptors that it
opens, and reports masks and errors as text, so that the two reports can be compared and read.
"""

from __future__ import annotations

import errno
import os
import resource
import select
import socket
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from typing import Any

import sim
from tests.conformance.timers import host_os

ALL = select.POLLIN | select.POLLPRI | select.POLLOUT | select.POLLRDHUP
"""Events that :meth:`World.mask` asks for by default."""
_BITS = ("IN", "PRI", "OUT", "ERR", "HUP", "NVAL", "RDNORM", "RDBAND", "WRNORM", "WRBAND", "RDHUP")
HOST = "127.0.0.1"


def text(mask: int) -> str:
    """``IN|OUT`` for a poll mask."""
    return "|".join(bit for bit in _BITS if mask & getattr(select, f"POLL{bit}")) or "0"


class World:
    """Modules, and all objects that a case has opened with them."""

    def __init__(self, modules: Any) -> None:
        self._modules = modules
        self.select = getattr(modules.select, "on_linux", modules.select)
        self.socket = modules.socket
        self.os = modules.os
        self.time = modules.time
        self.threading = modules.threading
        self._names: dict[int, str] = {}
        self._opened: list[Any] = []
        self._numbers: list[int] = []

    def close(self) -> None:
        for number in self._numbers:
            self.os.close(number)
        for opened in reversed(self._opened):
            try:
                opened.close()
            except OSError:
                continue
        if self.threading is not threading:
            with self.threading:  # as at a program's end, remaining threads are ended
                pass

    # -- opening --------------------------------------------------------------------------

    def name(self, name: str, descriptor: Any) -> Any:
        """Set the name under which a descriptor is reported."""
        number = descriptor if isinstance(descriptor, int) else descriptor.fileno()
        self._names[number] = name
        return descriptor

    def keep(self, name: str, opened: Any) -> Any:
        """Close an object at the end of the case, and report it by name."""
        self._opened.append(opened)
        return self.name(name, opened)

    def keep_number(self, name: str, number: int) -> int:
        """Close a descriptor without an object at the end of the case, and report it by name."""
        self._numbers.append(number)
        self.name(name, number)
        return number

    def drop(self, number: int) -> None:
        """Close a descriptor without an object now."""
        self._numbers.remove(number)
        self.os.close(number)

    def pipe(self, names: str = "rw", flags: int = 0) -> tuple[int, int]:
        """A non-blocking pipe: its reading end, and its writing end."""
        ends = self.os.pipe2(self.os.O_NONBLOCK | self.os.O_CLOEXEC | flags)
        reader, writer = (self.keep_number(name, end) for name, end in zip(names, ends, strict=True))
        return reader, writer

    def eventfd(self, count: int = 0, flags: int = 0, name: str = "v") -> int:
        """A non-blocking counter."""
        return self.keep_number(name, self.os.eventfd(count, self.os.EFD_NONBLOCK | flags))

    def timerfd(self, name: str = "t") -> int:
        """A non-blocking timer on the monotonic clock, not set."""
        os = self.os
        return self.keep_number(name, os.timerfd_create(self.time.CLOCK_MONOTONIC, flags=os.TFD_NONBLOCK))

    def unix(self, names: str = "ab", kind: int = socket.SOCK_STREAM) -> tuple[Any, Any]:
        """A non-blocking UNIX pair."""
        pair = self.socket.socketpair(self.socket.AF_UNIX, kind)
        for name, end in zip(names, pair, strict=True):
            self.keep(name, end).setblocking(False)
        return pair

    def listener(self, backlog: int = 8, name: str = "l") -> Any:
        """A non-blocking listening socket on a free port."""
        server = self.keep(name, self.socket.socket())
        server.bind((HOST, 0))
        server.listen(backlog)
        server.setblocking(False)
        return server

    def fresh(self, name: str = "s") -> Any:
        """A non-blocking TCP socket without a connection."""
        plain = self.keep(name, self.socket.socket())
        plain.setblocking(False)
        return plain

    def connecting(self, address: Any, name: str = "c") -> Any:
        """A non-blocking TCP socket that has begun to connect."""
        client = self.fresh(name)
        client.connect_ex(address)
        return client

    def tcp(self, names: str = "ab") -> tuple[Any, Any]:
        """A non-blocking TCP pair: ``a`` accepted, ``b`` connected."""
        server = self.listener()
        client = self.connecting(server.getsockname(), names[1])
        accepted = self.keep(names[0], server.accept()[0])
        accepted.setblocking(False)
        client.connect_ex(server.getsockname())
        server.close()
        return accepted, client

    def epoll(self, *watched: tuple[Any, int], name: str = "e") -> Any:
        """An epoll that watches the given descriptors."""
        epoll = self.keep(name, self.select.epoll())
        for descriptor, events in watched:
            epoll.register(descriptor, events)
        return epoll

    @contextmanager
    def few_numbers(self, spare: int) -> Generator[None, None, None]:
        """Within this context RLIMIT_NOFILE allows only a few more descriptors."""
        table = self._modules.table if isinstance(self._modules, sim.Kernel) else _HostLimit()
        before, table.limit = table.limit, table.end
        fillers: list[int] = []
        try:
            with suppress(OSError):
                while True:
                    fillers.append(self.os.eventfd(0))
            table.limit += spare
            yield
        finally:
            table.limit = before
            for number in fillers:
                self.os.close(number)

    def free_port(self) -> tuple[str, int]:
        """An address without a listening socket."""
        server = self.listener()
        address = server.getsockname()
        server.close()
        return address

    # -- reporting ------------------------------------------------------------------------

    def wait(self, epoll: Any, timeout: float | None = 0, maxevents: int = -1) -> str:
        """The report of ``epoll.poll``, in its order: ``a:IN b:IN|OUT``."""
        return self.events(epoll.poll(timeout, maxevents))

    def events(self, found: list[tuple[int, int]]) -> str:
        """Descriptors and masks by name."""
        return " ".join(f"{self._names[fd]}:{text(mask)}" for fd, mask in found) or "nothing"

    def mask(self, descriptor: Any, events: int = ALL) -> str:
        """The report of ``poll`` for one descriptor now."""
        poll = self.select.poll()
        poll.register(descriptor, events)
        return text(dict(poll.poll(0)).get(_number(descriptor), 0))

    def sets(self, *descriptors: Any, timeout: float | None = 0) -> str:
        """The three results of ``select``, with the descriptors in each."""
        given = list(descriptors)
        results = self.select.select(given, given, given, timeout)
        return " ".join(
            f"{label}:" + "".join(self._names[_number(found)] for found in result)
            for label, result in zip("rwx", results, strict=True)
        )


def _number(descriptor: Any) -> int:
    return descriptor if isinstance(descriptor, int) else int(descriptor.fileno())


def attempt(function: Callable[..., Any], *arguments: Any) -> Any:
    """A call's result, or its error as text: type, and errno if it has one."""
    try:
        return function(*arguments)
    except Exception as error:
        code = getattr(error, "errno", None)
        known = (
            errno.errorcode.get(code, str(code)) if code else ""
        )  # getaddrinfo's codes are not errno values
        return f"{type(error).__name__} {known}".strip()


def message(function: Callable[..., Any], *arguments: Any) -> str:
    """A call's error, with its message."""
    try:
        return f"returned {function(*arguments)!r}"
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def fill(sender: Any, size: int = 65536) -> int:
    """Send until the buffers are full."""
    sent = 0
    while True:
        try:
            sent += sender.send(b"f" * size)
        except BlockingIOError:
            return sent


def drain(receiver: Any) -> int:
    """Receive until nothing is left."""
    received = 0
    while True:
        try:
            data = receiver.recv(1 << 20)
        except BlockingIOError:
            return received
        if not data:
            return received
        received += len(data)


class _HostLimit:
    """The limit on descriptor numbers of this process."""

    @property
    def limit(self) -> int:
        """RLIMIT_NOFILE."""
        return resource.getrlimit(resource.RLIMIT_NOFILE)[0]

    @limit.setter
    def limit(self, limit: int) -> None:
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))

    @property
    def end(self) -> int:
        """One more than the highest number in use."""
        return 1 + max(map(int, os.listdir("/proc/self/fd")))


class Host:
    """The machine's own modules."""

    select = select
    socket = socket
    os = host_os
    time = time
    threading = threading


def on_host(case: Callable[[World], Any]) -> Any:
    """Run a case on the machine's own kernel."""
    return _run(case, World(Host))


def simulated(case: Callable[[World], Any]) -> Any:
    """Run a case on a simulated kernel."""
    return _run(case, World(sim.Kernel()))


def _run(case: Callable[[World], Any], world: World) -> Any:
    try:
        return case(world)
    finally:
        world.close()
