"""A UNIX stream pair's poll masks in each of its states, and the results of its calls there."""

from __future__ import annotations

from typing import Any

from tests.conformance.cases import case
from tests.conformance.world import World, attempt, drain


def _error(world: World, socket: Any) -> int:
    code: int = socket.getsockopt(world.socket.SOL_SOCKET, world.socket.SO_ERROR)
    return code


@case("net/unix/af_unix.c: unix_poll, every bit")
def idle_and_with_data(world: World) -> Any:
    a, b = world.unix()
    every = 0xFFFF & ~world.select.POLLMSG
    seen = [world.mask(a), world.mask(a, every), world.sets(a, b)]
    b.send(b"x")
    return [*seen, world.mask(a), world.mask(a, every), world.sets(a, b)]


@case("gVisor StreamUnix: WriteOneSideClosed")
def the_peer_shuts_then_closes(world: World) -> Any:
    a, b = world.unix()
    b.send(b"unread")
    b.shutdown(world.socket.SHUT_WR)
    seen = [world.mask(a), world.mask(b)]
    b.close()
    seen += [world.mask(a), world.sets(a), attempt(a.send, b"x"), a.recv(100)]
    return [*seen, attempt(a.recv, 1), world.mask(a)]


@case("unix_release_sock: ECONNRESET if something was unread")
def the_peer_closes_with_unread_data(world: World) -> Any:
    a, b = world.unix()
    b.send(b"data")
    a.send(b"unread")
    b.close()
    seen = [world.mask(a), world.sets(a)]
    return [*seen, *(attempt(a.recv, 10) for _ in range(3)), world.mask(a)]


@case("unix_stream_sendmsg: a shut socket says EPIPE and keeps the error")
def sending_after_the_peer_closed_with_unread_data(world: World) -> Any:
    a, b = world.unix()
    a.send(b"unread")
    b.close()
    seen = [attempt(a.send, b"x"), attempt(a.send, b""), world.mask(a), _error(world, a)]
    return [*seen, world.mask(a), attempt(a.recv, 1)]


@case("unix_shutdown marks the peer too")
def shutting_one_s_own_reading_side(world: World) -> Any:
    a, b = world.unix()
    b.send(b"before")
    a.shutdown(world.socket.SHUT_RD)
    seen = [world.mask(a), world.mask(b), attempt(b.send, b"x")]
    return [*seen, a.recv(100), attempt(a.recv, 1), a.send(b"other way"), b.recv(100)]


@case("unix_shutdown: both ways, repeated")
def shutting_both_ways(world: World) -> Any:
    a, b = world.unix()
    both = world.socket.SHUT_RDWR
    seen = [attempt(a.shutdown, both), world.mask(a), world.mask(b), world.sets(a, b)]
    calls = (a.shutdown, both), (b.shutdown, both), (a.recv, 1), (b.recv, 1), (a.send, b"x"), (b.send, b"x")
    return seen, [attempt(*call) for call in calls], attempt(a.shutdown, 3)


@case("unix_writable: a quarter of the send buffer; sends go on")
def poll_says_full_long_before_send_does(world: World) -> Any:
    a, b = world.unix()
    for _ in range(40):
        a.send(b"x" * 4096)
    seen = [world.mask(a), attempt(a.send, b"y"), world.sets(a)]
    b.recv(4096)
    seen.append(world.mask(a))
    drain(b)
    return [*seen, world.mask(a)]


@case("sock_alloc_send_pskb: EAGAIN when the send buffer is full; a big send is cut")
def sending_more_than_fits(world: World) -> Any:
    a, b = world.unix()
    sent = a.send(b"x" * (1 << 20))
    seen = [0 < sent < 1 << 20, attempt(a.send, b"y"), world.mask(a)]
    return [*seen, drain(b) == sent, world.mask(a)]


@case("unix_write_space: freed only when all of a chunk is read")
def reading_a_part_of_a_chunk_makes_no_room(world: World) -> Any:
    a, b = world.unix()
    a.send(b"x" * 30_000)
    a.send(b"x" * 30_000)
    seen = [world.mask(a)]
    for size in (29_999, 1):
        b.recv(size)
        seen.append(world.mask(a))
    return seen


@case("unix_release_sock throws out what the closed end had not read")
def a_full_sender_whose_peer_closes(world: World) -> Any:
    a, b = world.unix()
    a.send(b"x" * (1 << 20))
    before = world.mask(a)
    b.close()
    return before, world.mask(a), attempt(a.send, b"x"), attempt(a.recv, 1), world.mask(a)


@case("unix_stream_read_generic joins chunks")
def messages_have_no_boundaries(world: World) -> Any:
    a, b = world.unix()
    for part in (b"AAA", b"BBB", b"CCC"):
        b.send(part)
    return a.recv(4), a.recv(100), attempt(a.recv, 1)


@case("net/unix/af_unix.c: calls that need a name or a listening socket")
def names_of_a_pair(world: World) -> Any:
    a, _ = world.unix()
    seen = [a.getsockname(), a.getpeername(), attempt(a.accept)]
    return [*seen, a.family == world.socket.AF_UNIX, a.type == world.socket.SOCK_STREAM, a.proto]
