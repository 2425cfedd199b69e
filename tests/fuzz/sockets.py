"""Rules for calls that only sockets have."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.fuzz.files import LENGTHS, SIZES, Files, data
from tests.fuzz.machine import PICK

RESET = r'socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0"'
OTHERS = (
    "getsockname()",
    "getpeername()",
    "getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)",
    "getsockopt(socket.SOL_SOCKET, socket.SO_TYPE)",
    f"setsockopt(socket.SOL_SOCKET, {RESET})",
    "bind((HOST, 0))",
    "getblocking()",
)


SENDS = st.builds(
    lambda size, call: call.format(data(size)),
    SIZES,
    st.sampled_from(["send({})", "send({})", "send({}, socket.MSG_DONTWAIT)", "sendall({})"]),
)
RECEIVES = st.builds(
    lambda length, call: call.format(length),
    LENGTHS,
    st.sampled_from(
        ["recv({})", "recv({})", "recv({}, socket.MSG_PEEK)", "recvfrom({})", "recv_into(bytearray({}))"]
    ),
)
SHUTDOWNS = st.sampled_from([f"shutdown(socket.SHUT_{how})" for how in ("RD", "WR", "WR", "RDWR")])
ERRORS = st.just("getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)")
URGENT = (
    'send(b"u", socket.MSG_OOB)',
    'send(b"xyz", socket.MSG_OOB)',
    "recv(1, socket.MSG_OOB)",
    "recv(1, socket.MSG_OOB | socket.MSG_PEEK)",
    "setsockopt(socket.SOL_SOCKET, socket.SO_OOBINLINE, 1)",
    "setsockopt(socket.SOL_SOCKET, socket.SO_OOBINLINE, 0)",
    "setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 4)",
)
SIZES_OF_BUFFERS = st.sampled_from([1, 5000, 20_000])
CALLS = st.one_of(SENDS, SENDS, RECEIVES, RECEIVES, SHUTDOWNS, ERRORS)


class Sockets(Files):
    """A growing program with the rules for sockets."""

    @precondition(lambda self: self.sockets)
    @rule(which=PICK, call=CALLS)
    def use(self, which, call):
        self.step(f"{self.pick(self.sockets, which)}.{call}")

    @precondition(lambda self: self.sockets)
    @rule(calls=st.lists(st.tuples(PICK, CALLS), min_size=2, max_size=4))
    def use_several(self, calls):
        """Several calls on sockets. Hypothesis omits some rules in a program, but most programs should use
        sockets.
        """
        for which, call in calls:
            self.step(f"{self.pick(self.sockets, which)}.{call}")

    @precondition(lambda self: self.sockets)
    @rule(which=PICK, other=st.sampled_from(OTHERS))
    def other_call(self, which, other):
        self.step(f"{self.pick(self.sockets, which)}.{other}")

    @precondition(lambda self: "tcp" in map(self.kind, self.sockets))
    @rule(which=PICK, call=st.sampled_from(URGENT))
    def urgent(self, which, call):
        """Urgent data of TCP only: its handling in UNIX sockets differs between versions of Linux."""
        name = self.pick([name for name in self.sockets if self.kind(name) == "tcp"], which)
        self.step(f"{name}.{call}")

    @precondition(lambda self: any(map(self.can_fill, self.sockets)))
    @rule(which=PICK, size=SIZES_OF_BUFFERS)
    def resize(self, which, size):
        """Set the send buffer of a UNIX stream, which gets exactly the requested size."""
        name = self.pick(list(filter(self.can_fill, self.sockets)), which)
        self.step(f"{name}.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, {size})")

    @precondition(lambda self: self.sockets)
    @rule(which=PICK)
    def reset(self, which):
        """Close a socket; TCP by RST."""
        name = self.pick(self.sockets, which)
        self.step(f"{name}.setsockopt(socket.SOL_SOCKET, {RESET})")
        self.step(f"{name}.close()")
        self.forget(name)

    # -- connections ----------------------------------------------------------------------

    @precondition(lambda self: self.tcp)
    @rule(which=PICK, backlog=st.sampled_from([0, 0, 1, 2]))
    def listen(self, which, backlog):
        self.listen_on(self.pick(self.tcp, which), backlog)

    @precondition(lambda self: self.tcp and self.addresses)
    @rule(which=PICK, where=PICK, quiet=st.booleans())
    def connect(self, which, where, quiet):
        name, address = self.pick(self.tcp, which), self.pick(self.addresses, where)
        if not self.simulated.same_address(name, address):
            self.step(f"{name}.connect{'_ex' if quiet else ''}({address})")

    @precondition(lambda self: self.addresses and self.room)
    @rule(where=PICK)
    def connect_fresh(self, where):
        self.open_plain()
        self.step(f"{self.sockets[-1]}.connect({self.pick(self.addresses, where)})")

    @precondition(lambda self: self.listeners and self.room)
    @rule(which=PICK)
    def accept(self, which):
        name = self.pick(self.listeners, which)
        self.opened("tcp", f"unblocked({name}.accept()[0])", self.sockets, self.tcp)
