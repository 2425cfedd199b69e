"""Threads blocked on sockets, in reads, sends and accepts: the threads that wake, and the threads that keep
sleeping.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from tests.conformance.cases import case
from tests.conformance.threads import Threads
from tests.conformance.world import World, attempt


def _readers(world: World, read: Callable[[], Any], count: int = 2) -> Threads:
    threads = Threads(world)
    for number in range(1, count + 1):
        threads.start(f"t{number}", read)
    return threads


@case("net/ipv4/inet_connection_sock.c: inet_csk_wait_for_connect is exclusive")
def accepting_threads_take_turns(world: World) -> Any:
    server = world.listener()
    server.setblocking(True)
    threads = _readers(world, lambda: world.keep("x", server.accept()[0]) is not None, 3)
    seen = []
    for count in (1, 2, 3):
        world.connecting(server.getsockname())
        threads.back(count)
        seen.append(list(threads.returned))
    return seen


@case("net/unix/af_unix.c: unix_stream_data_wait; net/core/stream.c: sk_wait_data")
def one_byte_is_for_one_of_two_readers(world: World) -> Any:
    seen: list[Any] = []
    for pair in (world.unix, world.tcp):
        a, b = pair()
        a.setblocking(True)
        threads = _readers(world, partial(a.recv, 1))
        b.send(b"x")
        seen.append(len(threads.back(1)))
        b.send(b"y")
        threads.back(2)
        seen.append(sorted(data for _, data in threads.returned))
    return seen


@case("recv(2): end of file is for every reader")
def the_end_of_file_reaches_every_reader(world: World) -> Any:
    seen = []
    for pair in (world.unix, world.tcp):
        a, b = pair()
        a.setblocking(True)
        threads = _readers(world, partial(a.recv, 1), 3)
        b.shutdown(world.socket.SHUT_WR)
        seen.append(threads.back(3))
    return seen


@case("net/unix/af_unix.c: unix_release_sock")
def a_close_reaches_every_reader(world: World) -> Any:
    a, b = world.unix()
    a.setblocking(True)
    threads = _readers(world, lambda: a.recv(1), 2)
    b.close()
    return threads.back(2)


@case("send(2): a blocking send waits for space")
def a_sender_goes_on_when_there_is_space(world: World) -> Any:
    a, b = world.unix()
    a.setblocking(True)
    threads = Threads(world)
    threads.start("t", a.send, bytes(1 << 20))
    seen = [threads.back(0)]
    received = 0
    while received < 1 << 20:
        taken = attempt(b.recv, 1 << 20)
        if isinstance(taken, bytes):
            received += len(taken)
        else:
            world.time.sleep(0.001)
    return [*seen, threads.back(1)]


@case("send(2): EPIPE while blocked")
def a_sender_whose_reader_goes(world: World) -> Any:
    a, b = world.unix()
    a.setblocking(True)
    threads = Threads(world)
    threads.start("t", a.sendall, bytes(1 << 20))
    seen = [threads.back(0)]
    b.close()
    return [*seen, len(threads.back(1))]


@case("net/socket.c, Modules/socketmodule.c: a timeout while another thread works")
def a_timeout_while_another_thread_is_served(world: World) -> Any:
    (a, b), (c, _) = world.unix("ab"), world.unix("cd")
    c.settimeout(0.05)
    a.setblocking(True)
    threads = Threads(world)
    threads.start("t1", a.recv, 1)
    threads.start("t2", c.recv, 1)
    seen = [threads.back(1)]
    b.send(b"x")
    return [*seen, threads.back(2)]


@case("net/socket.c: a call holds the file it waits on")
def a_socket_closed_under_its_reader(world: World) -> Any:
    seen: list[Any] = []
    for pair in (world.unix, world.tcp):
        a, b = pair()
        a.setblocking(True)
        threads = Threads(world)
        threads.start("t", _read, world, a)
        a.close()
        seen += [threads.back(0), world.mask(b), attempt(b.send, b"x"), threads.back(1), world.mask(b)]
    return seen


def _read(world: World, descriptor: Any) -> bytes:
    number = descriptor if isinstance(descriptor, int) else descriptor.fileno()
    data: bytes = world.os.read(number, 1)
    return data


@case("net/ipv4/tcp.c: accept and connect that block")
def blocking_calls_on_both_ends(world: World) -> Any:
    server = world.listener()
    server.setblocking(True)
    told: list[bytes] = []

    def serve() -> None:
        connection = world.keep("s", server.accept()[0])
        while data := connection.recv(10):
            told.append(data)
            connection.sendall(data.upper())

    threads = Threads(world)
    threads.start("server", serve)
    with world.socket.create_connection(server.getsockname()) as client:
        for word in (b"one", b"two"):
            client.sendall(word)
            told.append(client.recv(10))
    return threads.back(1), told


# -- messages: exclusive, first come first served ------------------------------------------


def _in_turn(threads: Threads, act: Callable[[], Any], count: int = 3) -> list[Any]:
    """The calls that have returned after each repetition of ``act``."""
    seen: list[Any] = []
    for number in range(1, count + 1):
        act()
        threads.back(number)
        seen.append(list(threads.returned))
    return seen


@case("net/core/datagram.c: __skb_wait_for_more_packets waits exclusively")
def receivers_of_messages_take_turns(world: World) -> Any:
    seen = []
    for kind in (world.socket.SOCK_DGRAM, world.socket.SOCK_SEQPACKET):
        a, b = world.unix(kind=kind)
        a.setblocking(True)
        threads = _readers(world, partial(a.recv, 10), 3)
        seen.append(_in_turn(threads, partial(b.send, b"message")))
    return seen


@case("unix_shutdown wakes blocked readers: end of file for datagrams too")
def a_shutdown_ends_blocked_reads_of_messages(world: World) -> Any:
    seen = []
    for kind in (world.socket.SOCK_DGRAM, world.socket.SOCK_SEQPACKET):
        a, _ = world.unix(kind=kind)
        a.setblocking(True)
        threads = Threads(world)
        for name in ("t1", "t2"):
            threads.start(name, a.recv, 10)
        a.shutdown(world.socket.SHUT_RD)
        seen.append(threads.back(2))
    return seen


@case("unix_dgram_sendmsg, sock_wait_for_wmem: a blocked send goes on when the reader makes room")
def a_message_waits_for_space(world: World) -> Any:
    seen: list[Any] = []
    for kind in (world.socket.SOCK_DGRAM, world.socket.SOCK_SEQPACKET):
        a, b = world.unix(kind=kind)
        while attempt(a.send, bytes(1000)) == 1000:
            pass
        a.setblocking(True)
        threads = Threads(world)
        threads.start("t", a.send, bytes(1000))
        seen.append(threads.back(0))
        while isinstance(attempt(b.recv, 1000), bytes):
            pass
        seen.append(threads.back(1))
    return seen


@case("sk_wait_data: a blocked read and SO_RCVLOWAT")
def a_read_that_waits_for_the_mark(world: World) -> Any:
    seen = []
    for pair in (world.tcp, world.unix):
        a, b = pair()
        a.setsockopt(world.socket.SOL_SOCKET, world.socket.SO_RCVLOWAT, 4)
        a.setblocking(True)
        threads = Threads(world)
        threads.start("t", a.recv, 10)
        for data in (b"ab", b"c", b"d"):
            seen.append(threads.back(0))
            b.send(data)
        seen.append(threads.back(1))
    return seen
