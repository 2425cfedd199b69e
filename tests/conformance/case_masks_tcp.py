"""A TCP socket's poll mask in each of its states, and the results of its calls there."""

from __future__ import annotations

import struct
from typing import Any

from tests.conformance.cases import case
from tests.conformance.world import World, attempt, fill


def _error(world: World, socket: Any) -> int:
    code: int = socket.getsockopt(world.socket.SOL_SOCKET, world.socket.SO_ERROR)
    return code


@case("net/ipv4/tcp.c: tcp_poll, TCP_CLOSE; epoll-shim: epollhup_on_fresh_socket")
def fresh_and_bound(world: World) -> Any:
    fresh, bound = world.fresh(), world.fresh("t")
    bound.bind(("127.0.0.1", 0))
    epoll = world.epoll((fresh, 5))
    return world.mask(fresh), world.mask(bound), world.sets(fresh), world.wait(epoll), world.wait(epoll)


@case("gVisor socket: SendUnconnected; inet_shutdown marks an unconnected socket all the same")
def calls_on_an_unconnected_socket(world: World) -> Any:
    socket = world.fresh()
    calls = [(socket.recv, 1), (socket.send, b"x"), (socket.getpeername,), (socket.accept,)]
    seen: list[Any] = [attempt(*call) for call in calls]
    for how in (world.socket.SHUT_RD, world.socket.SHUT_WR):
        seen += [attempt(socket.shutdown, how), world.mask(socket), attempt(socket.recv, 1)]
    return [*seen, attempt(socket.send, b"x"), attempt(socket.shutdown, 7)]


@case("tcp_poll: connected, idle and with data")
def connected(world: World) -> Any:
    a, b = world.tcp()
    seen = [world.mask(a), world.mask(b), world.sets(a, b)]
    b.send(b"x")
    return [*seen, world.mask(a), world.mask(b), world.sets(a, b)]


@case("tcp_poll: all bits that can be asked for")
def every_bit(world: World) -> Any:
    a, b = world.tcp()
    b.send(b"x")
    b.shutdown(world.socket.SHUT_WR)
    return world.mask(a, 0xFFFF & ~world.select.POLLMSG), world.mask(b, 0xFFFF & ~world.select.POLLMSG)


@case("gVisor tcp: ClosedReadNonBlockingSocket")
def the_peer_closes_with_nothing_unread(world: World) -> Any:
    a, b = world.tcp()
    b.close()
    seen: list[Any] = [world.mask(a), attempt(a.recv, 1), world.sets(a)]
    seen += [attempt(a.send, b"x"), world.mask(a)]
    return [*seen, attempt(a.send, b"y"), world.mask(a), attempt(a.send, b"z"), attempt(a.recv, 1)]


@case("net/ipv4/tcp_input.c: tcp_reset in CLOSE_WAIT leaves EPIPE")
def sending_to_a_closed_peer_and_asking_for_the_error(world: World) -> Any:
    a, b = world.tcp()
    b.close()
    a.send(b"x")
    seen = [world.mask(a), _error(world, a), world.mask(a), _error(world, a)]
    return [*seen, attempt(a.send, b"y"), attempt(a.recv, 1), attempt(a.getpeername)]


@case("net/ipv4/tcp.c: tcp_close with unread data sends RST")
def the_peer_closes_with_unread_data(world: World) -> Any:
    a, b = world.tcp()
    a.send(b"unread")
    b.close()
    seen = [world.mask(a), world.sets(a), attempt(a.recv, 1)]
    return [*seen, world.mask(a), attempt(a.recv, 1), attempt(a.send, b"x"), world.mask(a)]


@case("tcp_reset: the first send takes the error")
def sending_after_a_reset(world: World) -> Any:
    a, b = world.tcp()
    a.send(b"unread")
    b.close()
    return [attempt(a.send, b"x"), attempt(a.send, b"x"), attempt(a.recv, 1), world.mask(a)]


@case("tcp_reset does not purge the receive queue")
def data_before_a_reset_can_still_be_read(world: World) -> Any:
    a, b = world.tcp()
    b.send(b"data")
    a.send(b"unread")
    b.close()
    return [world.mask(a), *(attempt(a.recv, 10) for _ in range(3)), world.mask(a)]


@case("tcp_disconnect: SO_LINGER with no time resets")
def linger_zero(world: World) -> Any:
    a, b = world.tcp()
    b.setsockopt(world.socket.SOL_SOCKET, world.socket.SO_LINGER, struct.pack("ii", 1, 0))
    lingering = b.getsockopt(world.socket.SOL_SOCKET, world.socket.SO_LINGER, 8)
    b.close()
    return lingering, world.mask(a), _error(world, a), world.mask(a), attempt(a.recv, 1)


@case("tcp_recvmsg: end of file goes before the error (SOCK_DONE)")
def a_reset_after_end_of_file(world: World) -> Any:
    a, b = world.tcp()
    b.shutdown(world.socket.SHUT_WR)
    a.send(b"unread")
    b.close()
    return [world.mask(a), attempt(a.recv, 1), world.mask(a), _error(world, a), attempt(a.recv, 1)]


@case("gVisor tcp: TCPUnblockWaitOnLocalRdHUp, ShutdownRdAllowsReadOfReceivedDataBeforeEOF")
def shutting_one_s_own_reading_side(world: World) -> Any:
    a, b = world.tcp()
    b.send(b"before")
    a.shutdown(world.socket.SHUT_RD)
    seen = [world.mask(a), world.mask(b), a.recv(10), a.recv(10)]
    return [*seen, b.send(b"after"), a.recv(10), a.recv(10), world.mask(a), a.send(b"x"), b.recv(10)]


@case("gVisor tcp: PollAfterShutdown; epoll-shim: socket_shutdown")
def both_shut_their_writing_side(world: World) -> Any:
    a, b = world.tcp()
    shut = world.socket.SHUT_WR
    a.shutdown(shut)
    seen = [world.mask(a), world.mask(b)]
    b.shutdown(shut)
    seen += [world.mask(a), world.mask(b), world.sets(a, b)]
    calls = (a.recv, 1), (a.send, b"x"), (a.shutdown, shut), (b.shutdown, shut), (a.getpeername,)
    return seen, [attempt(*call) for call in calls]


@case("inet_shutdown: repeated, half-closed")
def shutting_the_writing_side_twice(world: World) -> Any:
    a, b = world.tcp()
    shut = world.socket.SHUT_WR
    seen = [attempt(a.shutdown, shut), attempt(a.shutdown, shut), attempt(a.send, b"x")]
    b.send(b"still")
    return [*seen, a.recv(10), world.mask(a), attempt(b.recv, 1), a.getpeername() == b.getsockname()]


@case("tcp_rcv_state_process: data for a socket that is shut both ways is answered with RST")
def sending_to_a_peer_that_shut_both_ways(world: World) -> Any:
    a, b = world.tcp()
    b.shutdown(world.socket.SHUT_RDWR)
    seen = [world.mask(a), world.mask(b), attempt(a.send, b"x"), world.mask(a), world.mask(b)]
    return [*seen, _error(world, a), _error(world, b), attempt(a.recv, 1), attempt(b.recv, 1)]


@case("gVisor tcp: FINSentOnShutdownWrWithUnreadData")
def shutting_with_unread_data_is_no_reset(world: World) -> Any:
    a, b = world.tcp()
    a.send(b"unread")
    b.shutdown(world.socket.SHUT_WR)
    return world.mask(a), attempt(a.recv, 1), b.recv(10)


@case("tcp_close: what was sent before the close arrives")
def data_then_close(world: World) -> Any:
    a, b = world.tcp()
    b.send(b"last words")
    b.close()
    return world.mask(a), a.recv(4), a.recv(100), a.recv(1), world.mask(a)


@case("sk_stream_is_writeable; tcp_reset purges the send queue")
def a_full_sender_is_reset(world: World) -> Any:
    a, b = world.tcp()
    fill(a)
    seen = [world.mask(a), attempt(a.send, b"x")]
    b.close()
    return [*seen, world.mask(a), attempt(a.send, b"x"), attempt(a.recv, 1), attempt(a.send, b"x")]


@case("tcp_poll: a full send buffer whose writing side is shut is writable")
def a_full_sender_shuts_its_writing_side(world: World) -> Any:
    a, b = world.tcp()
    fill(a)
    before = world.mask(a)
    a.shutdown(world.socket.SHUT_WR)
    return before, world.mask(a), world.mask(b), attempt(a.send, b"x")


@case("tcp_close: the send buffer is emptied after the close")
def closing_with_a_full_send_buffer(world: World) -> Any:
    a, b = world.tcp()
    sent = 0
    while sent < 1 << 20:
        try:
            sent += a.send(b"x" * 65536)
        except BlockingIOError:
            break
    a.close()
    b.setblocking(True)
    received = 0
    while data := b.recv(1 << 20):
        received += len(data)
    return received == sent, world.mask(b)


@case("inet_csk_listen_stop resets who was not accepted; gVisor TCPListenCloseConnectingRead")
def the_listening_socket_closes(world: World) -> Any:
    server = world.listener()
    client = world.connecting(server.getsockname())
    server.close()
    return world.mask(client), attempt(client.recv, 1), attempt(client.recv, 1), world.mask(client)


@case("gVisor tcp: accept after the client has gone")
def accepting_a_connection_that_was_closed(world: World) -> Any:
    server = world.listener()
    client = world.connecting(server.getsockname())
    client.send(b"bye")
    client.close()
    a = world.keep("a", server.accept()[0])
    return world.mask(a), a.recv(10), a.recv(10), attempt(a.send, b"x"), attempt(a.send, b"x")
