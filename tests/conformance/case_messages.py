"""UNIX datagram and packet pairs: messages, room, and the end of each kind."""

from __future__ import annotations

from typing import Any

from tests.conformance.cases import case
from tests.conformance.world import World, attempt, drain


def _kinds(world: World) -> tuple[int, int]:
    return world.socket.SOCK_DGRAM, world.socket.SOCK_SEQPACKET


def _edges(world: World, socket: Any) -> Any:
    """An edge-triggered epoll whose first edge is already reported."""
    epoll = world.epoll((socket, 0x2007 | world.select.EPOLLET))
    epoll.poll(0)
    return epoll


def _error(world: World, socket: Any) -> int:
    code: int = socket.getsockopt(world.socket.SOL_SOCKET, world.socket.SO_ERROR)
    return code


def _fill(sender: Any, size: int) -> int:
    sent = 0
    while isinstance(attempt(sender.send, b"m" * size), int):
        sent += 1
    return sent


@case("unix(7): message boundaries; gVisor DgramUnix: BasicSendmmsg and relatives")
def boundaries_are_kept(world: World) -> Any:
    seen: list[Any] = []
    for kind in _kinds(world):
        a, b = world.unix(kind=kind)
        for message in (b"hello", b"", b"world", b"!"):
            seen.append(b.send(message))
        seen += [a.recv(2), a.recv(100), a.recv(100), world.mask(a), a.recv(100)]
        seen += [attempt(a.recv, 1), world.mask(a)]
    return seen


@case("net/unix/af_unix.c: unix_dgram_poll, every bit")
def masks_idle_and_with_a_message(world: World) -> Any:
    every = 0xFFFF & ~world.select.POLLMSG
    seen = []
    for kind in _kinds(world):
        a, b = world.unix(kind=kind)
        seen += [world.mask(a, every), world.sets(a, b)]
        b.send(b"")
        seen += [world.mask(a, every), world.sets(a, b)]
    return seen


@case("recv(2): MSG_PEEK leaves the message; gVisor: a peek makes no edge")
def peeking(world: World) -> Any:
    seen: list[Any] = []
    for kind in _kinds(world):
        a, b = world.unix(kind=kind)
        epoll = _edges(world, a)
        b.send(b"one")
        b.send(b"two")
        peek = world.socket.MSG_PEEK
        seen += [world.wait(epoll), a.recv(2, peek), a.recv(10, peek), world.wait(epoll), a.recv(10)]
        seen += [a.recv(10), attempt(a.recv, 1, peek)]
    return seen


@case("unix_dgram_sendmsg: a message that can never fit is EMSGSIZE, all others are whole")
def the_largest_message(world: World) -> Any:
    seen: list[Any] = []
    for kind in _kinds(world):
        a, b = world.unix(kind=kind)
        room = a.getsockopt(world.socket.SOL_SOCKET, world.socket.SO_SNDBUF)
        for size in (room - 32, room - 31, 1 << 20):
            seen += [attempt(a.send, b"x" * size), world.mask(b), drain(b)]
    return seen


@case("sock_alloc_send_pskb: the sender's buffer is what counts; unix_writable, a quarter of it")
def a_sender_whose_messages_nobody_reads(world: World) -> Any:
    seen: list[Any] = []
    for kind in _kinds(world):
        a, b = world.unix(kind=kind)
        sent = _fill(a, 4096)
        seen += [sent > 20, attempt(a.send, b"x"), world.mask(a), world.mask(b)]
        b.recv(1)
        seen += [world.mask(a), attempt(a.send, b"x")]
        seen += [drain(b) == (sent - 1) * 4096 + 1, world.mask(a)]
    return seen


@case("max_dgram_qlen does not hold for two that are connected to each other")
def more_messages_than_the_queue_s_length(world: World) -> Any:
    a, b = world.unix(kind=world.socket.SOCK_DGRAM)
    sent = [attempt(a.send, b"x") for _ in range(40)]
    return sent, world.mask(a), len([b.recv(1) for _ in range(40)]), attempt(b.recv, 1)


@case("sock_def_readable, sock_wfree: an edge for each message, and for each that was read")
def edges_of_messages(world: World) -> Any:
    seen = []
    for kind in _kinds(world):
        a, b = world.unix(kind=kind)
        receiving, sending = _edges(world, a), _edges(world, b)
        for message in (b"x", b"", b"y"):
            b.send(message)
            seen += [world.wait(receiving), world.wait(receiving), world.wait(sending)]
        a.recv(1)
        seen += [world.wait(sending), world.wait(receiving)]
    return seen


@case("unix_write_space: an edge for the sender as soon as a quarter is left")
def edges_of_a_full_sender(world: World) -> Any:
    seen: list[Any] = []
    for kind in _kinds(world):
        a, b = world.unix(kind=kind)
        sent = _fill(a, 4096)
        epoll = _edges(world, a)
        b.recv(1)
        seen.append(world.wait(epoll))
        edges = 0
        for _ in range(sent - 1):
            b.recv(1)
            edges += world.wait(epoll) != "nothing"
        seen += [0 < edges < sent // 2, world.wait(epoll)]
    return seen


@case("unix_shutdown: a datagram socket tells its peer nothing, a packet socket does")
def the_peer_shuts_a_direction(world: World) -> Any:
    seen: list[Any] = []
    for kind in _kinds(world):
        for how in range(3):
            a, b = world.unix(kind=kind)
            epoll = _edges(world, a)
            b.send(b"before")
            b.shutdown(how)
            seen += [world.wait(epoll), world.mask(a), world.mask(b), attempt(a.send, b"x")]
            seen += [attempt(b.send, b"x"), a.recv(10), attempt(a.recv, 10), attempt(b.recv, 10)]
            seen += [world.mask(a), world.mask(b)]
    return seen


@case("unix_shutdown: one's own edge, each time")
def edges_of_one_s_own_shutdown(world: World) -> Any:
    seen = []
    for kind in _kinds(world):
        a, _ = world.unix(kind=kind)
        epoll = _edges(world, a)
        for how in (0, 0, 1, 2):
            a.shutdown(how)
            seen += [world.wait(epoll), world.wait(epoll)]
    return seen


@case("unix_release_sock; gVisor DgramUnix: WriteOneSideClosed")
def the_peer_of_a_datagram_socket_closes(world: World) -> Any:
    a, b = world.unix(kind=world.socket.SOCK_DGRAM)
    epoll = _edges(world, a)
    b.close()
    seen = [world.wait(epoll), world.mask(a), attempt(a.recv, 1), attempt(a.getpeername)]
    seen += [attempt(a.send, b"x"), world.mask(a), attempt(a.send, b"x"), attempt(a.getpeername)]
    return [*seen, _error(world, a), attempt(a.recv, 1), world.sets(a)]


@case("unix_dgram_disconnected: the send that finds the peer gone throws out what it had sent")
def a_refused_send_loses_what_waits(world: World) -> Any:
    a, b = world.unix(kind=world.socket.SOCK_DGRAM)
    for message in (b"one", b"two"):
        b.send(message)
    b.close()
    seen = [world.mask(a), a.recv(10), world.mask(a), attempt(a.send, b"x")]
    return [*seen, world.mask(a), attempt(a.recv, 10)]


@case("unix_dgram_sendmsg gives back the memory of a message that was refused")
def a_send_that_fails_is_an_edge(world: World) -> Any:
    a, b = world.unix(kind=world.socket.SOCK_DGRAM)
    epoll = _edges(world, a)
    b.shutdown(world.socket.SHUT_RD)
    seen = [world.wait(epoll), attempt(a.send, b"x"), world.wait(epoll)]
    b.close()
    return [*seen, world.wait(epoll), attempt(a.send, b"x"), world.wait(epoll)]


@case("unix_release_sock throws out unread messages: an edge for the sender")
def the_peer_closes_with_unread_messages(world: World) -> Any:
    seen = []
    for kind in _kinds(world):
        a, b = world.unix(kind=kind)
        epoll = _edges(world, a)
        a.send(b"unread")
        b.close()
        seen += [world.wait(epoll), world.mask(a), _error(world, a), world.mask(a)]
    return seen


@case("unix_seqpacket_sendmsg: the error first; gVisor UnixNonStream: PeerWriteShutdown")
def the_peer_of_a_packet_socket_closes(world: World) -> Any:
    seen: list[Any] = []
    for unread in (False, True):
        a, b = world.unix(kind=world.socket.SOCK_SEQPACKET)
        b.send(b"last")
        if unread:
            a.send(b"unread")
        b.close()
        seen += [world.mask(a), world.sets(a), *(attempt(a.recv, 10) for _ in range(3))]
        seen += [attempt(a.send, b"x"), attempt(a.send, b"x"), world.mask(a)]
    return seen


@case("unix_seqpacket_sendmsg: an error that waits goes before everything")
def sending_packets_to_a_closed_peer(world: World) -> Any:
    a, b = world.unix(kind=world.socket.SOCK_SEQPACKET)
    a.send(b"unread")
    b.close()
    sizes = (1 << 20, 1 << 20, 1)
    return [attempt(a.send, b"x" * size) for size in sizes], world.mask(a)


@case("__skb_wait_for_more_packets: a datagram socket that was shut reads end of file if it may wait")
def a_shut_datagram_socket_that_blocks(world: World) -> Any:
    a, _ = world.unix(kind=world.socket.SOCK_DGRAM)
    a.shutdown(world.socket.SHUT_RD)
    seen = [attempt(a.recv, 1), attempt(world.os.read, a.fileno(), 1)]
    a.setblocking(True)
    return [*seen, a.recv(1), attempt(a.recv, 1, world.socket.MSG_DONTWAIT), world.os.read(a.fileno(), 1)]


@case("read(2), write(2) on a socket of messages")
def plain_reads_and_writes(world: World) -> Any:
    os = world.os
    seen: list[Any] = []
    for kind in _kinds(world):
        a, b = world.unix(kind=kind)
        seen += [os.write(a.fileno(), b"hello"), os.write(a.fileno(), b""), os.read(b.fileno(), 0)]
        seen += [
            os.read(b.fileno(), 4),
            world.mask(b),
            os.read(b.fileno(), 4),
            attempt(os.read, b.fileno(), 4),
        ]
    return seen


@case("Lib/socket.py: kinds; getsockopt SO_TYPE")
def kinds_of_sockets(world: World) -> Any:
    socket = world.socket
    seen: list[Any] = []
    for kind in (socket.SOCK_STREAM, *_kinds(world)):
        a, _ = world.unix(kind=kind)
        twin = world.keep("d", socket.socket(fileno=world.os.dup(a.fileno())))
        option = a.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE)
        seen += [a.type == kind, option == kind, twin.type == kind, a.getsockname(), a.getpeername()]
        seen += [attempt(a.recv, 1, socket.MSG_OOB) if kind != socket.SOCK_STREAM else ""]
        seen += [attempt(a.accept), attempt(a.listen) if kind == socket.SOCK_DGRAM else ""]
    return [*seen, attempt(socket.socketpair, socket.AF_UNIX, 4), attempt(socket.socketpair, 1, 77)]


@case("epoll(7): level-triggered, one-shot, closing")
def watched(world: World) -> Any:
    seen = []
    for kind in _kinds(world):
        a, b = world.unix(kind=kind)
        epoll, once = world.epoll((a, 1), name="e"), world.epoll((a, 1 | 1 << 30), name="o")
        for _ in range(2):
            b.send(b"x")
        seen += [world.wait(epoll), world.wait(once), a.recv(1), world.wait(epoll), world.wait(once)]
        b.close()
        seen.append(world.wait(epoll))
        a.close()
        seen.append(world.wait(epoll))
    return [str(line) for line in seen]
