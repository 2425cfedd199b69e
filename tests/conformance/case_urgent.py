"""Urgent data of TCP: MSG_OOB, SO_OOBINLINE, PRI, select's exceptional set."""

from __future__ import annotations

from typing import Any

from tests.conformance.cases import case
from tests.conformance.world import World, attempt


def _urgent(world: World, socket: Any, flags: int = 0) -> Any:
    return attempt(socket.recv, 10, world.socket.MSG_OOB | flags)


def _edges(world: World, socket: Any) -> Any:
    epoll = world.epoll((socket, 0x2003 | world.select.EPOLLET))
    epoll.poll(0)
    return epoll


def _inline(world: World, socket: Any, value: int = 1) -> None:
    socket.setsockopt(world.socket.SOL_SOCKET, world.socket.SO_OOBINLINE, value)


@case("tcp_recv_urg: apart from the stream, once; epoll-shim: epollpri")
def an_urgent_byte_alone(world: World) -> Any:
    a, b = world.tcp()
    seen: list[Any] = [_urgent(world, a), b.send(b"o", world.socket.MSG_OOB), world.mask(a), world.sets(a)]
    seen += [_urgent(world, a, world.socket.MSG_PEEK), _urgent(world, a), _urgent(world, a)]
    seen += [world.mask(a), world.sets(a), attempt(a.recv, 10)]
    b.send(b"n")
    return [*seen, world.mask(a), a.recv(10)]


@case("tcp_recvmsg_locked: a plain read steps over the urgent byte, and it is lost")
def reading_past_an_urgent_byte(world: World) -> Any:
    a, b = world.tcp()
    b.send(b"Z", world.socket.MSG_OOB)
    seen = [attempt(a.recv, 10), world.mask(a), _urgent(world, a)]
    b.send(b"Z", world.socket.MSG_OOB)
    b.send(b"n")
    return [*seen, world.mask(a), attempt(a.recv, 10), world.mask(a), _urgent(world, a), attempt(a.recv, 10)]


@case("tcp_recvmsg_locked: a read stops in front of the urgent byte")
def the_last_of_several_bytes_is_urgent(world: World) -> Any:
    a, b = world.tcp()
    b.send(b"abc", world.socket.MSG_OOB)
    b.send(b"def")
    seen = [world.mask(a), world.sets(a), a.recv(1), world.mask(a), a.recv(10), world.mask(a)]
    seen += [_urgent(world, a), world.mask(a), a.recv(2), world.mask(a), a.recv(10), world.mask(a)]
    return [*seen, attempt(a.recv, 1)]


@case("tcp_recvmsg_locked: MSG_PEEK stops there, and steps over it, like a read")
def peeking_around_an_urgent_byte(world: World) -> Any:
    a, b = world.tcp()
    peek = world.socket.MSG_PEEK
    b.send(b"abU", world.socket.MSG_OOB)
    b.send(b"cd")
    seen: list[Any] = [a.recv(10, peek), a.recv(1, peek), a.recv(10)]
    seen += [attempt(a.recv, 10, peek), world.mask(a), _urgent(world, a, peek), _urgent(world, a)]
    return [*seen, a.recv(10, peek), a.recv(10), attempt(a.recv, 10, peek)]


@case("tcp_recvmsg_locked: a peek at nothing but the urgent byte leaves it")
def peeking_at_an_urgent_byte_alone(world: World) -> Any:
    a, b = world.tcp()
    b.send(b"U", world.socket.MSG_OOB)
    return attempt(a.recv, 10, world.socket.MSG_PEEK), world.mask(a), _urgent(world, a), world.mask(a)


@case("tcp_check_urg: a later one takes the place; at the read position the earlier one is lost")
def two_urgent_bytes(world: World) -> Any:
    seen: list[Any] = []
    oob = world.socket.MSG_OOB
    for first, second in ((b"A", b"B"), (b"xA", b"yB"), (b"xA", b"B"), (b"A", b"yB")):
        a, b = world.tcp()
        b.send(first, oob)
        b.send(second, oob)
        seen += [world.mask(a), attempt(a.recv, 10), world.mask(a), _urgent(world, a), world.mask(a)]
        seen.append(attempt(a.recv, 10))
    return seen


@case("tcp_check_urg: after the first one was read")
def an_urgent_byte_after_one_that_was_read(world: World) -> Any:
    a, b = world.tcp()
    oob = world.socket.MSG_OOB
    b.send(b"A", oob)
    seen = [_urgent(world, a), world.mask(a)]
    b.send(b"B", oob)
    seen += [world.mask(a), _urgent(world, a), world.mask(a), attempt(a.recv, 10)]
    b.send(b"xyC", oob)
    return [*seen, a.recv(1), _urgent(world, a), a.recv(10), world.mask(a), attempt(a.recv, 10)]


@case("SO_OOBINLINE: the byte stays in the stream; epoll-shim: epollpri_oobinline_lt")
def inline(world: World) -> Any:
    a, b = world.tcp()
    _inline(world, a)
    option = a.getsockopt(world.socket.SOL_SOCKET, world.socket.SO_OOBINLINE)
    b.send(b"o", world.socket.MSG_OOB)
    seen = [option, world.mask(a), world.sets(a), _urgent(world, a), a.recv(10), world.mask(a)]
    b.send(b"abU", world.socket.MSG_OOB)
    b.send(b"cd")
    return [*seen, a.recv(10), world.mask(a), a.recv(10, world.socket.MSG_PEEK), a.recv(10), world.mask(a)]


@case("SO_OOBINLINE: switched while the byte waits")
def switching_inline(world: World) -> Any:
    a, b = world.tcp()
    b.send(b"U", world.socket.MSG_OOB)
    epoll = _edges(world, a)
    seen = [world.mask(a)]
    for value in (1, 0, 1):
        _inline(world, a, value)
        seen += [world.mask(a), world.wait(epoll)]
    return [*seen, a.recv(10), world.mask(a)]


@case("tcp_urg: an edge; epoll-shim: epoll__epollpri")
def edges(world: World) -> Any:
    a, b = world.tcp()
    epoll = _edges(world, a)
    b.send(b"o", world.socket.MSG_OOB)
    seen: list[Any] = [world.wait(epoll), world.wait(epoll)]
    b.send(b"n")
    seen += [world.wait(epoll), _urgent(world, a), _urgent(world, a), world.wait(epoll)]
    return [*seen, a.recv(10), world.wait(epoll)]


@case("epoll(7): PRI alone, level-triggered and one-shot; poll and select that ask for PRI only")
def waiting_for_urgent_data_only(world: World) -> Any:
    a, b = world.tcp()
    select = world.select
    epoll = world.epoll((a, select.EPOLLPRI), name="e")
    once = world.epoll((a, select.EPOLLPRI | select.EPOLLONESHOT), name="o")
    b.send(b"plain")
    seen: list[Any] = [world.wait(epoll), world.mask(a, select.POLLPRI)]
    b.send(b"U", world.socket.MSG_OOB)
    seen += [world.wait(epoll), world.wait(epoll), world.wait(once), world.wait(once)]
    seen += [world.mask(a, select.POLLPRI), len(select.select([], [], [a], 0)[2])]
    _urgent(world, a)
    return [*map(str, seen), world.wait(epoll), len(select.select([], [], [a], 0)[2])]


@case("tcp_sendmsg, inet_shutdown: urgent data and the end of the stream")
def urgent_data_and_end_of_file(world: World) -> Any:
    seen: list[Any] = []
    for take in (True, False):
        a, b = world.tcp()
        b.send(b"xU", world.socket.MSG_OOB)
        b.shutdown(world.socket.SHUT_WR)
        seen += [world.mask(a), a.recv(10), world.mask(a), _urgent(world, a) if take else ""]
        seen += [attempt(a.recv, 10), world.mask(a), _urgent(world, a)]
    return seen


@case("tcp_close: an urgent byte that was not read is unread data")
def closing_with_an_urgent_byte(world: World) -> Any:
    seen = []
    for take in (True, False):
        a, b = world.tcp()
        b.send(b"U", world.socket.MSG_OOB)
        if take:
            _urgent(world, a)
        a.close()
        seen += [world.mask(b), attempt(b.recv, 1)]
    return seen


@case("tcp_recv_urg: where there is none, and never waiting")
def calls_with_msg_oob(world: World) -> Any:
    a, b = world.tcp()
    oob = world.socket.MSG_OOB
    fresh, server = world.fresh(), world.listener()
    seen = [attempt(socket.recv, 1, oob) for socket in (a, fresh, server)]
    seen += [attempt(socket.send, b"x", oob) for socket in (fresh, server)]
    seen += [a.recv(0, oob), b.send(b"", oob), world.mask(a)]
    a.setblocking(True)
    seen.append(attempt(a.recv, 1, oob))
    b.send(b"U", oob)
    seen.append(a.recv(1, oob))
    b.shutdown(world.socket.SHUT_WR)
    return [*seen, attempt(b.send, b"x", oob), attempt(a.recv, 1, oob)]


@case("sendall(MSG_OOB): the last byte of each call; test_socket testSendAll with flags")
def sendall_with_msg_oob(world: World) -> Any:
    a, b = world.tcp()
    b.sendall(b"abcU", world.socket.MSG_OOB)
    seen = [world.mask(a), a.recv(10), _urgent(world, a)]
    b.sendall(b"rest")
    return [*seen, a.recv(10), world.mask(a)]


@case("Modules/selectmodule.c: the exceptional set is urgent data only")
def the_exceptional_set(world: World) -> Any:
    a, b = world.tcp()
    b.send(b"abcU", world.socket.MSG_OOB)
    seen = [world.sets(a, b), a.recv(10), world.sets(a, b)]
    b.shutdown(world.socket.SHUT_WR)
    return [*seen, world.sets(a, b), _urgent(world, a), world.sets(a, b)]


@case("tcp_recv_urg: after a reset it is ENOTCONN, if the stream had not ended before")
def an_urgent_byte_and_a_reset(world: World) -> Any:
    seen = []
    for ended in (False, True):
        a, b = world.tcp()
        b.send(b"xU", world.socket.MSG_OOB)
        a.send(b"unread")
        if ended:
            b.shutdown(world.socket.SHUT_WR)
        b.close()
        seen += [world.mask(a), _urgent(world, a), a.recv(10), world.mask(a), _urgent(world, a)]
    return [str(line) for line in seen]


@case("tcp_rcv_state_process looks for an urgent byte before it refuses the data")
def urgent_data_for_a_peer_that_shut_both_ways(world: World) -> Any:
    a, b = world.tcp()
    a.shutdown(world.socket.SHUT_RDWR)
    epoll = _edges(world, a)
    seen = [attempt(b.send, b"xU", world.socket.MSG_OOB), world.wait(epoll), world.mask(a), world.mask(b)]
    return [*seen, _urgent(world, a), attempt(a.recv, 1)]
