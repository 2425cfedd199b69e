"""One program on two kernels: each side runs the same line and reports its outcome.

A program is a list of lines of Python that use only ``select``, ``socket`` and ``os`` of a world. So the same
text is run, compared and printed. Descriptor numbers are compared too: both sides give out the lowest free
number. The host's process has open files that do not belong to a program. So all free numbers between these
files are filled first, and the numbers of the program count from above them.
"""

from __future__ import annotations

import errno
import os
import select
import socket
import struct
import zlib
from typing import Any, NamedTuple

import sim
from tests.conformance.world import Host, text

FIRST = 3
"""Number of a program's first descriptor on a simulated kernel; the host's first descriptor is reported as
this number too.
"""
HOST = "127.0.0.1"
_SPAN = 128
"""A number of descriptors that no program exceeds."""
_SHOWN = 40
"""Number of bytes up to which data is shown in full."""
_FIN_WAIT1 = 4
_ACK_PATIENCE_S = 0.2
"""Longest wait for an ACK, in seconds; TCP delays one by 40 ms."""
_RESET = struct.pack("ii", 1, 0)

HELPERS = {
    "unblocked": """
def unblocked(made):
    for each in made if isinstance(made, tuple) else (made,):
        if isinstance(each, int):
            os.set_blocking(each, False)
            continue
        each.setblocking(False)
        if each.family == socket.AF_INET and each.type == socket.SOCK_STREAM:
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made
""",
    "tcp_pair": """
def tcp_pair():
    server, client = socket.socket(), socket.socket()
    server.bind((HOST, 0))
    server.listen(1)
    client.setblocking(False)
    client.connect_ex(server.getsockname())
    accepted = server.accept()[0]
    server.close()
    return accepted, client
""",
    "mask": """
def mask(number, events):
    poll = select.poll()
    poll.register(number, events)
    return poll.poll(0)
""",
    "expire": """
def expire(number, period):
    before = os.timerfd_settime_ns(number, flags=os.TFD_TIMER_ABSTIME, initial=1, interval=period)
    poll = select.poll()
    poll.register(number, select.POLLIN)
    return before[1], len(poll.poll(1000))
""",
    "fill": """
def fill(number):
    taken = 0
    while True:
        try:
            taken += os.write(number, b"f" * 30_000)
        except BlockingIOError:
            return taken > 0
""",
    "drain": """
def drain(number):
    taken = 0
    for _ in range(100):
        try:
            data = os.read(number, 1_000_000)
        except BlockingIOError:
            break
        if not data:
            break
        taken += len(data)
    return taken > 0
""",
}
"""Source of functions that a line may call, by name; a script contains each function that it uses."""


def _wait_for_ack(end: socket.socket) -> None:
    """Wait until the socket's FIN is acknowledged. The ACK wakes an edge-triggered epoll, which no other call
    of the program can see.
    """
    with select.epoll() as epoll:
        epoll.register(end, select.EPOLLIN | select.EPOLLOUT | select.EPOLLET)
        epoll.poll(0)
        while _tcp_state(end) == _FIN_WAIT1 and epoll.poll(_ACK_PATIENCE_S):
            pass


def _tcp_state(end: socket.socket) -> int:
    try:
        return end.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0]
    except OSError:
        return 0


class Line(NamedTuple):
    """One statement of a program."""

    targets: tuple[str, ...]
    """The variables that the line assigns: descriptors, or an address."""
    expression: str

    @property
    def source(self) -> str:
        """The statement."""
        return f"{', '.join(self.targets)} = {self.expression}" if self.targets else self.expression


class HostNumbers:
    """Keeps the host's free descriptor numbers contiguous, above all used numbers."""

    def __init__(self) -> None:
        self._fillers: list[int] = []
        self.first = 0
        """The lowest free number."""

    def settle(self) -> int:
        """Fill all gaps between used numbers. Returns the lowest free number."""
        probe = os.open(os.devnull, os.O_RDONLY)
        if probe == self.first:
            os.close(probe)
            return probe
        top = max(
            int(name) for name in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{name}")
        )
        while probe < top:
            self._fillers.append(probe)
            probe = os.dup(probe)
        os.close(probe)
        self.first = probe
        return self.settle() if probe == top else probe

    def close(self) -> None:
        """Close the files that fill the gaps."""
        for number in self._fillers:
            os.close(number)
        self._fillers.clear()
        self.first = 0


class Side:
    """A program's variables in one world, and the runs of its lines there."""

    def __init__(self, modules: Any, first: int, host: str) -> None:
        self._shift = FIRST - first
        self._names: dict[int, str] = {}
        self._namespace: dict[str, Any] = {
            "select": modules.select,
            "socket": modules.socket,
            "os": modules.os,
            "time": modules.time,
            "HOST": host,
        }
        for source in HELPERS.values():
            exec(source, self._namespace)

    def run(self, line: Line) -> str:
        """Run one.

        Returns:
            The line's result, or the type and errno of its exception, as text.
        """
        try:
            value = eval(line.expression, self._namespace)
        except (OSError, ValueError, KeyError, TypeError, OverflowError) as error:
            code = error.errno if isinstance(error, OSError) else None
            return f"{type(error).__name__} {errno.errorcode[code]}" if code else type(error).__name__
        if not line.targets:
            return self._say(value)
        values = (value,) if len(line.targets) == 1 else value
        return " ".join(self._assign(name, each) for name, each in zip(line.targets, values, strict=True))

    def _assign(self, name: str, value: Any) -> str:
        self._namespace[name] = value
        if isinstance(value, tuple):
            return f"{name} is {self._say(value)}"
        number = value if isinstance(value, int) else getattr(value, "fileno", lambda: None)()
        if number is None:
            return f"{name} is set"
        self._names[number] = name
        return f"{name} is {number + self._shift}"

    def number(self, name: str) -> int:
        """The descriptor behind a variable, in the numbering of reports; -1 if there is none."""
        value = self._namespace[name]
        try:
            number = value if isinstance(value, int) else value.fileno()
        except ValueError:
            return -1
        return number + self._shift if number >= 0 else -1

    def acknowledge(self) -> None:
        """Wait for the ACKs of FINs that TCP delays, 40 ms at most.

        Such an ACK comes with the next segment in the other direction, or when the delay is over. It wakes
        the side that shut the connection once more. The simulated kernel's TCP delays no ACK.
        """
        for value in tuple(self._namespace.values()):
            if isinstance(value, socket.socket) and _tcp_state(value) == _FIN_WAIT1:
                _wait_for_ack(value)

    def same_address(self, name: str, address: str) -> bool:
        """True if a socket's own address equals the address in a variable."""
        try:
            return bool(self._namespace[name].getsockname() == self._namespace[address])
        except OSError:
            return False

    def _name(self, value: Any) -> str:
        if isinstance(value, int):
            return self._names.get(value, str(value))
        return next(name for name, known in self._namespace.items() if known is value)

    def _say(self, value: Any) -> str:
        match value:
            case list():
                return " ".join(f"{self._names.get(fd, fd)}:{text(mask)}" for fd, mask in value) or "nothing"
            case [list(), list(), list()]:
                return " ".join(
                    f"{label}:{'+'.join(map(self._name, found))}"
                    for label, found in zip("rwx", value, strict=True)
                )
            case [str() as host, int() as port]:
                return f"{host} {'some port' if port else 'no port'}"
            case bytes() if len(value) > _SHOWN:
                return f"{value[:_SHOWN]!r}… {len(value)} bytes, crc {zlib.crc32(value):x}"
            case _:
                return repr(value)

    def forget(self) -> None:
        """Drop the objects in such a way that they do not close their descriptors."""
        for value in self._namespace.values():
            if callable(getattr(value, "detach", None)):
                value.detach()
            elif not isinstance(value, int | str) and hasattr(value, "close") and hasattr(value, "fileno"):
                try:
                    value.close()
                except OSError:
                    continue
        self._namespace.clear()


class Worlds:
    """The two sides of a new program."""

    _numbers = HostNumbers()
    _opened = 0

    def __init__(self) -> None:
        # Each process and program has its own loopback address: no other process listens there, and ports of
        # ended connections are not reused.
        Worlds._opened += 1
        host = f"127.{1 + os.getpid() % 250}.{1 + os.getpid() // 250 % 250}.{1 + Worlds._opened % 250}"
        self._closed = False
        self._first = self._numbers.settle()
        self.host = Side(Host, self._first, host)
        self.simulated = Side(sim.Kernel(), FIRST, host)

    def run(self, line: Line) -> tuple[str, str]:
        """Run a line on both sides. Returns its outcome on the host, and on the simulated kernel."""
        seen = self.host.run(line)
        if ".shutdown(" in line.expression:
            self.host.acknowledge()
        return seen, self.simulated.run(line)

    def close(self) -> None:
        """Close every descriptor that the program has left open on the host; connections are closed by
        RST.
        """
        if self._closed:
            return
        self._closed = True
        for number in range(self._first, self._first + _SPAN):
            try:
                left = socket.socket(fileno=number)
            except OSError:
                continue
            try:
                left.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            except OSError:
                pass
            finally:
                left.detach()
        self.host.forget()
        os.closerange(self._first, self._first + _SPAN)

    @classmethod
    def give_back(cls) -> None:
        """Close the files that keep the host's free numbers contiguous."""
        cls._numbers.close()
