"""Rules for files of every kind: opening, duplicating, closing, reading and writing."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from tests.fuzz.machine import PICK, Machine, masks

SIZES = st.sampled_from([0, 1, 2, 3, 5, 8, 200, 2000])
LENGTHS = st.sampled_from([0, 1, 2, 4, 8, 300, 100_000, 100_000])
MASKS = masks("EPOLL", "ET", "ET", "ONESHOT", "EXCLUSIVE")
USUAL = ("unix", "tcp", "epoll")
OTHERS = ("pipe", "packets", "eventfd", "semaphore", "timer", "dgram", "seqpacket", "epoll_again")
KINDS = (*USUAL, *USUAL, *OTHERS, "listener", "plain", "bound")


def data(size: int) -> str:
    """Bytes to send, as an expression; recognisable by their number."""
    return repr(b"abcdefgh"[:size]) if size <= 8 else f'b"{chr(97 + size % 26)}" * {size}'


FLAG_CALLS = (
    "os.set_blocking({}, False)",
    "os.get_blocking({})",
    "os.set_inheritable({}, True)",
    "os.get_inheritable({})",
)
TIMES = ("initial=0", "initial=10**18", "initial=10**18, interval=10**18")
"""Settings of a timer that does not expire during the program."""


class Files(Machine):
    """A growing program with the rules for files."""

    def open(self, kind: str) -> None:
        """Open a file of a kind, or a pair."""
        getattr(self, f"open_{kind}")()

    @initialize(
        kinds=st.lists(st.sampled_from(KINDS), min_size=1, max_size=3), mask=MASKS, rhythm=st.integers(0, 5)
    )
    def begin(self, kinds, mask, rhythm):
        """Open the first files, and register sockets in an epoll."""
        self.rhythm = rhythm
        for kind in ("epoll", *kinds):
            self.open(kind)
        for name in self.sockets:
            self.register(self.epolls[0], name, mask)

    @precondition(lambda self: self.room)
    @rule(kind=st.sampled_from(KINDS))
    def open_one(self, kind):
        self.open(kind)

    @invariant()
    def wait_now_and_then(self):
        """Wait on all epolls after every ``rhythm`` steps, so that events of different steps are reported
        apart.
        """
        self.beat += 1
        if self.rhythm and self.beat % self.rhythm == 0:
            for epoll in self.epolls:
                self.step(f"{epoll}.poll(0)")

    def open_unix(self) -> None:
        self.opened("unix", "unblocked(socket.socketpair())", self.sockets, count=2)

    def open_messages(self, kind: str) -> None:
        made = f"socket.socketpair(socket.AF_UNIX, socket.SOCK_{kind.upper()})"
        self.opened(kind, f"unblocked({made})", self.sockets, count=2)

    def open_dgram(self) -> None:
        self.open_messages("dgram")

    def open_seqpacket(self) -> None:
        self.open_messages("seqpacket")

    def open_pipe(self) -> None:
        self.opened("pipe", "unblocked(os.pipe())", count=2)

    def open_packets(self) -> None:
        self.opened("pipe", "unblocked(os.pipe2(os.O_DIRECT))", count=2)

    def open_timer(self) -> None:
        """Open a timer that has expired."""
        made = "os.timerfd_create(time.CLOCK_MONOTONIC, flags=os.TFD_NONBLOCK)"
        for name in self.opened("timer", made):
            self.step(f"expire({name}, 0)")

    def open_epoll_again(self) -> None:
        """Make another object for an existing epoll."""
        made = f"select.epoll.fromfd(os.dup({self.epolls[-1]}.fileno()))" if self.epolls else "select.epoll()"
        self.opened("epoll", made, self.epolls)

    def open_eventfd(self) -> None:
        self.opened("eventfd", "os.eventfd(0, os.EFD_NONBLOCK)")

    def open_semaphore(self) -> None:
        self.opened("eventfd", "os.eventfd(2, os.EFD_NONBLOCK | os.EFD_SEMAPHORE)")

    def open_tcp(self) -> None:
        self.opened("tcp", "unblocked(tcp_pair())", self.sockets, self.tcp, count=2)

    def open_epoll(self) -> None:
        self.opened("epoll", "select.epoll()", self.epolls)

    def open_plain(self) -> None:
        self.opened("tcp", "unblocked(socket.socket())", self.sockets, self.tcp)

    def open_bound(self) -> None:
        self.open_plain()
        self.step(f"{self.sockets[-1]}.bind((HOST, 0))")

    def open_listener(self) -> None:
        self.open_bound()
        self.listen_on(self.sockets[-1], 1)

    def listen_on(self, name: str, backlog: int) -> None:
        """Make a socket listen, and keep its address."""
        if self.step(f"{name}.listen({backlog})") == "None":
            self.listeners.append(name)
        (address,) = self.fresh()
        if " is " in self.step(f"{name}.getsockname()", address):
            self.addresses.append(address)

    # -- numbers --------------------------------------------------------------------------

    @precondition(lambda self: self.files and self.room)
    @rule(which=PICK, whole=st.booleans())
    def duplicate(self, which, whole):
        """Duplicate a descriptor by its number, or a socket as a socket object."""
        name = self.pick(self.files, which)
        kind = self.kind(name)
        if whole and name in self.sockets:
            self.opened(kind, f"{name}.dup()", self.sockets, *([self.tcp] if name in self.tcp else []))
        else:
            self.opened(kind, f"os.dup({self.number(name)})")

    @precondition(lambda self: self.files)
    @rule(which=PICK, what=PICK)
    def duplicate_over(self, which, what):
        """dup2 over another variable's descriptor: its old file is closed, and it refers to the duplicated
        file.
        """
        others = [name for name in self.files if name not in self.epolls] or self.files
        name, over = self.pick(self.files, which), self.pick(others, what)
        kind = self.kind(name)
        number = self.number(over)
        if "Error" not in self.step(f"{number} == os.dup2({self.number(name)}, {number})"):
            self.kinds[self.simulated.number(over)] = kind

    @precondition(lambda self: self.files)
    @rule(which=PICK, keep=st.integers(0, 4))
    def close(self, which, keep):
        """Close a file, sometimes by number. Then the variable refers to the next file that gets the
        number.
        """
        name = self.pick(self.files, which)
        if not keep:
            self.step(f"os.close({self.number(name)})")
            return
        self.step(f"os.close({name})" if name in self.raw else f"{name}.close()")
        self.forget(name)

    # -- data -----------------------------------------------------------------------------

    @precondition(lambda self: self.files)
    @rule(which=PICK, size=SIZES)
    def write(self, which, size):
        name = self.pick(self.files, which)
        size = min(size, 8) if self.kind(name) == "eventfd" else size
        self.step(f"os.write({self.number(name)}, {data(size)})")

    @precondition(lambda self: self.files)
    @rule(which=PICK, length=LENGTHS)
    def read(self, which, length):
        self.step(f"os.read({self.number(self.pick(self.files, which))}, {length})")

    @precondition(lambda self: any(map(self.can_fill, self.files)))
    @rule(which=PICK, also_drain=st.booleans())
    def fill(self, which, also_drain):
        name = self.pick(list(filter(self.can_fill, self.files)), which)
        self.step(f"fill({self.number(name)})")
        if also_drain:
            self.drain(which)

    @precondition(lambda self: self.files)
    @rule(which=PICK)
    def empty(self, which):
        self.drain(which)

    def drain(self, which: int) -> None:
        """Read until nothing is left."""
        self.step(f"drain({self.number(self.pick(self.files, which))})")

    @precondition(lambda self: self.files)
    @rule(which=PICK, call=st.sampled_from(FLAG_CALLS))
    def flags(self, which, call):
        self.step(call.format(self.number(self.pick(self.files, which))))

    @precondition(lambda self: "timer" in map(self.kind, self.files))
    @rule(which=PICK, times=st.sampled_from([*TIMES, None, None]), period=st.sampled_from([0, 10**18]))
    def time(self, which, times, period):
        """Set a timer so that it does not expire or has expired. The remaining time is not compared."""
        number = self.number(self.pick([name for name in self.files if self.kind(name) == "timer"], which))
        if times is None:
            self.step(f"expire({number}, {period})")
        else:
            self.step(f"os.timerfd_settime_ns({number}, {times})[1]")
        self.step(f"os.timerfd_gettime_ns({number})[1]")

    @precondition(lambda self: "eventfd" in map(self.kind, self.files))
    @rule(which=PICK, value=st.sampled_from([None, None, 0, 1, 3, 2**64 - 2]))
    def count(self, which, value):
        """Read from an eventfd's counter, or add to it."""
        name = self.pick([name for name in self.files if self.kind(name) == "eventfd"], which)
        number = self.number(name)
        self.step(f"os.eventfd_read({number})" if value is None else f"os.eventfd_write({number}, {value})")
