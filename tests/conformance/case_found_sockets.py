"""Details of sockets that are easy to get wrong, each taken from a random program."""

from __future__ import annotations

from typing import Any

from tests.conformance.cases import case
from tests.conformance.world import World, attempt


@case("net/ipv4/tcp.c: tcp_disconnect keeps an address that was asked for (SOCK_BINDADDR_LOCK)")
def an_address_outlives_listening_and_a_refused_connect(world: World) -> Any:
    address = "127.0.0.2"
    server = world.keep("s", world.socket.socket())
    server.bind((address, 0))
    server.listen(1)
    server.setblocking(False)
    server.shutdown(world.socket.SHUT_RD)
    seen = [attempt(server.connect, world.free_port())]
    return *seen, server.getsockname()[0], attempt(server.connect, world.free_port())


@case("net/core/sock.c: sk_clone copies sk_shutdown, which shutdown sets on a socket without connection")
def connections_are_born_shut_as_their_listener_was(world: World) -> Any:
    seen = []
    for how in (world.socket.SHUT_RD, world.socket.SHUT_WR, world.socket.SHUT_RDWR):
        server = world.fresh("l")
        seen.append(attempt(server.shutdown, how))
        server.listen(1)
        client = world.connecting(server.getsockname())
        accepted = world.keep("a", server.accept()[0])
        accepted.setblocking(False)
        seen += [world.mask(accepted), world.mask(client)]
        seen += [attempt(client.send, b"xy"), attempt(accepted.recv, 1), attempt(accepted.send, b"z")]
        seen += [attempt(accepted.recv, 9), world.mask(accepted), world.mask(client)]
        seen += [attempt(accepted.shutdown, world.socket.SHUT_WR), world.mask(accepted), world.mask(client)]
    return seen


@case("net/ipv4/tcp.c: tcp_connect leaves sk_shutdown as shutdown on a fresh socket set it")
def a_socket_that_is_shut_before_it_connects(world: World) -> Any:
    seen = []
    for how in (world.socket.SHUT_RD, world.socket.SHUT_WR, world.socket.SHUT_RDWR):
        server = world.listener()
        client = world.fresh("c")
        seen.append(attempt(client.shutdown, how))
        seen.append(attempt(client.connect, server.getsockname()))
        accepted = world.keep("a", server.accept()[0])
        accepted.setblocking(False)
        seen += [
            world.mask(client),
            world.mask(accepted),
            attempt(client.send, b"x"),
            attempt(accepted.recv, 9),
        ]
        seen += [
            attempt(accepted.send, b"yz"),
            attempt(client.recv, 1),
            world.mask(client),
            world.mask(accepted),
        ]
        client.close()
        seen += [world.mask(accepted), attempt(accepted.recv, 9)]
    return seen


@case("net/unix/af_unix.c: unix_stream_connect looks at the address before the state")
def a_unix_socket_connects_to_an_internet_address(world: World) -> Any:
    a, _ = world.unix()
    plain = world.fresh()
    world.os.dup2(a.fileno(), plain.fileno())
    return attempt(plain.connect, world.free_port()), attempt(world.listener().connect, world.free_port())


@case("net/ipv4/tcp.c: sk_err of an attempt that shutdown cut short outlives listen, and listening")
def an_error_outlives_listening(world: World) -> Any:
    full = world.listener(0)
    first = world.connecting(full.getsockname(), "d")
    seen: list[Any] = [world.mask(first)]
    for sends in (0, 1, 2):  # the first send takes the error
        s = world.connecting(full.getsockname())
        seen += [attempt(s.shutdown, world.socket.SHUT_RD), attempt(s.listen, 0), world.mask(s)]
        seen += [attempt(s.recv, 1), [attempt(s.send, b"x") for _ in range(sends)]]
        seen += [attempt(s.shutdown, world.socket.SHUT_RD), world.mask(s), attempt(s.getsockopt, 1, 4)]
    return seen
