"""bind, listen, connect and accept over loopback."""

from __future__ import annotations

from typing import Any

from tests.conformance.cases import case
from tests.conformance.world import HOST, World, attempt


@case("connect(2): EINPROGRESS; gVisor NonBlockingConnect_PollOut")
def a_non_blocking_connect(world: World) -> Any:
    server, client = world.listener(), world.fresh()
    address = server.getsockname()
    before = world.mask(server)
    seen = [attempt(client.connect, address), world.mask(client), world.mask(server)]
    seen += [client.getsockopt(world.socket.SOL_SOCKET, world.socket.SO_ERROR)]
    return [before, *seen, attempt(client.connect, address), attempt(client.connect, address)]


@case("connect(2): ECONNREFUSED; gVisor NonBlockingConnectRefused")
def a_refused_connection(world: World) -> Any:
    client = world.fresh()
    epoll = world.epoll((client, world.select.EPOLLIN))
    seen = [attempt(client.connect, world.free_port()), world.mask(client), world.sets(client)]
    seen += [world.wait(epoll), client.getsockopt(world.socket.SOL_SOCKET, world.socket.SO_ERROR)]
    return [*seen, world.mask(client), attempt(client.recv, 1), attempt(client.send, b"x")]


@case("gVisor tcp: NonBlockingConnectNoListenerRead")
def reading_from_a_refused_connection(world: World) -> Any:
    client = world.fresh()
    client.connect_ex(world.free_port())
    return [attempt(client.recv, 1), attempt(client.recv, 1), world.mask(client)]


@case("gVisor tcp: NonBlockingConnectNoListenerWrite")
def writing_to_a_refused_connection(world: World) -> Any:
    client = world.fresh()
    client.connect_ex(world.free_port())
    return [attempt(client.send, b"x"), attempt(client.send, b"x"), world.mask(client)]


@case("__inet_stream_connect: sock_error, then a fresh socket")
def connecting_again_after_a_refusal(world: World) -> Any:
    client, port = world.fresh(), world.free_port()
    server = world.listener()
    client.connect_ex(port)
    seen = [attempt(client.connect, port), world.mask(client), attempt(client.connect, port)]
    client.getsockopt(world.socket.SOL_SOCKET, world.socket.SO_ERROR)
    seen += [attempt(client.connect, port), attempt(client.connect, server.getsockname())]
    return [*seen, world.mask(client)]


@case("connect(2): a blocking one is refused at once")
def a_blocking_connect(world: World) -> Any:
    server = world.listener()
    client, other = world.fresh(), world.fresh("o")
    client.setblocking(True)
    other.setblocking(True)
    seen = [attempt(client.connect, server.getsockname()), world.mask(client)]
    seen += [attempt(client.connect, server.getsockname())]
    return [*seen, attempt(other.connect, world.free_port()), world.mask(other), attempt(other.recv, 1)]


@case("Modules/socketmodule.c: connect with a timeout asks SO_ERROR")
def connecting_with_a_timeout(world: World) -> Any:
    server = world.listener()
    client, other = world.fresh(), world.fresh("o")
    client.settimeout(0.5)
    other.settimeout(0.5)
    seen = [attempt(client.connect, server.getsockname()), world.mask(client)]
    return [*seen, attempt(other.connect, world.free_port()), world.mask(other), attempt(other.recv, 1)]


@case("Modules/socketmodule.c: sock_connect_ex")
def connect_ex_returns_the_errno(world: World) -> Any:
    server, port = world.listener(), world.free_port()
    first, second, third = world.fresh("x"), world.fresh("y"), world.fresh("z")
    third.settimeout(0.5)
    return [
        [first.connect_ex(server.getsockname()) for _ in range(3)],
        [second.connect_ex(port) for _ in range(2)],
        [third.connect_ex(port) for _ in range(2)],
    ]


@case("tcp_conn_request: backlog + 1 connections, then SYNs are dropped; gVisor TCPBacklog")
def a_full_backlog(world: World) -> Any:
    seen = []
    for backlog in (0, 1, 3):
        server = world.listener(backlog, f"l{backlog}")
        clients = [world.connecting(server.getsockname()) for _ in range(backlog + 3)]
        seen.append([world.mask(client) for client in clients])
    return seen


@case("gVisor tcp: TestListenHangupConnectingRead")
def calls_while_the_handshake_waits(world: World) -> Any:
    server = world.listener(0)
    address = server.getsockname()
    world.connecting(address)
    client = world.connecting(address, "d")
    calls = [(client.connect, address), (client.send, b"x"), (client.recv, 1), (client.getpeername,)]
    seen = [attempt(*call) for call in calls]
    seen.append(client.getsockopt(world.socket.SOL_SOCKET, world.socket.SO_ERROR))
    seen += [world.mask(client), attempt(client.shutdown, world.socket.SHUT_RDWR), world.mask(client)]
    return [*seen, attempt(client.recv, 1), world.mask(client)]


@case("net/ipv4/tcp.c: the states of a listening socket")
def calls_on_a_listening_socket(world: World) -> Any:
    server = world.listener()
    address = server.getsockname()
    calls = [(server.accept,), (server.recv, 1), (server.send, b"x"), (server.connect, address)]
    calls += [(server.getpeername,), (server.bind, (HOST, 0)), (server.shutdown, world.socket.SHUT_WR)]
    seen = [attempt(*call) for call in calls]
    accepting = server.getsockopt(world.socket.SOL_SOCKET, world.socket.SO_ACCEPTCONN)
    return [*seen, world.mask(server), attempt(server.listen, 3), accepting]


@case("inet_shutdown on TCP_LISTEN; gVisor TCPListenShutdownConnectingRead")
def shutting_a_listening_socket(world: World) -> Any:
    server = world.listener()
    epoll = world.epoll((server, 1))
    client = world.connecting(server.getsockname())
    seen = [world.wait(epoll), attempt(server.shutdown, world.socket.SHUT_RD), world.mask(server)]
    seen += [world.wait(epoll), world.mask(client), attempt(client.recv, 1), attempt(server.accept)]
    seen += [attempt(world.fresh("f").connect_ex, server.getsockname())]
    return [*seen, attempt(server.listen), world.mask(server), world.wait(epoll)]


@case("inet_listen: the same file, watched before")
def watched_before_it_listens(world: World) -> Any:
    server = world.fresh("l")
    epoll = world.epoll((server, world.select.EPOLLIN))
    twin = world.keep("t", server.dup())
    seen = [world.wait(epoll)]
    server.bind((HOST, 0))
    server.listen(1)
    seen.append(world.wait(epoll))
    world.connecting(server.getsockname())
    seen += [world.wait(epoll), world.mask(twin)]
    world.keep("a", twin.accept()[0])
    return [*seen, world.wait(epoll), attempt(epoll.unregister, server)]


@case("listen(2): EINVAL on a connected socket; without bind a port is found")
def listening_in_other_states(world: World) -> Any:
    a, _ = world.tcp()
    left, _ = world.unix("xy")
    unbound = world.fresh()
    seen = [attempt(a.listen), attempt(left.listen), attempt(unbound.listen, -5)]
    host, port = unbound.getsockname()
    return [*seen, host, port > 0, attempt(a.accept)]


@case("accept(2): O_NONBLOCK is not inherited")
def an_accepted_socket_is_blocking(world: World) -> Any:
    server = world.listener()
    client = world.connecting(server.getsockname())
    accepted, address = server.accept()
    world.keep("a", accepted)
    names = [address == client.getsockname(), accepted.getsockname() == server.getsockname()]
    names += [accepted.getpeername() == client.getsockname(), client.getpeername() == server.getsockname()]
    return server.gettimeout(), accepted.gettimeout(), world.os.get_blocking(accepted.fileno()), names


@case("inet_csk_accept: in the order of the handshakes")
def connections_are_accepted_in_order(world: World) -> Any:
    server = world.listener()
    clients = [world.connecting(server.getsockname(), name) for name in "cdf"]
    names = [client.getsockname() for client in clients]
    accepted = []
    for name in "xyz":
        connection, address = server.accept()
        world.keep(name, connection)
        accepted.append(names.index(address))
    return accepted


@case("bind(2): EADDRINUSE, EINVAL, EADDRNOTAVAIL")
def binding(world: World) -> Any:
    server = world.listener()
    taken = server.getsockname()
    socket = world.fresh()
    seen = [attempt(socket.bind, taken), attempt(socket.bind, ("192.0.2.1", 0))]
    seen += [attempt(socket.bind, ("", 0)), attempt(socket.bind, (HOST, 0)), socket.getsockname()[0]]
    server.close()
    return [*seen, attempt(world.fresh("t").bind, taken)]


@case("inet_csk_bind_conflict: SO_REUSEADDR lets bound sockets share a port, not listening ones")
def sharing_a_port(world: World) -> Any:
    level, option = world.socket.SOL_SOCKET, world.socket.SO_REUSEADDR
    first, second, third = world.fresh("x"), world.fresh("y"), world.fresh("z")
    for socket in (first, second):
        socket.setsockopt(level, option, 1)
    first.bind((HOST, 0))
    address = first.getsockname()
    seen = [attempt(second.bind, address), attempt(third.bind, address), attempt(first.listen)]
    return [*seen, attempt(second.listen), second.getsockopt(level, option), third.getsockopt(level, option)]


@case("Modules/socketmodule.c: getsockaddrarg")
def addresses_are_checked(world: World) -> Any:
    socket = world.fresh()
    bad: list[Any] = ["127.0.0.1", ("127.0.0.1",), (1, 2), ("127.0.0.1", "x"), ("127.0.0.1", -1)]
    bad += [("127.0.0.1", 65536), ["127.0.0.1", 1], None]
    return [attempt(socket.bind, address) for address in bad]


@case("net/ipv4: 0.0.0.0 stands for this machine")
def connecting_to_any_address(world: World) -> Any:
    server = world.keep("l", world.socket.socket())
    server.bind(("", 0))
    server.listen()
    client = world.fresh()
    client.setblocking(True)
    client.connect(("0.0.0.0", server.getsockname()[1]))
    return client.getpeername()[0], client.getsockname()[0], server.getsockname()[0]


@case("tcp_disconnect, inet_reset_saddr: names before, during and after a connection")
def names_of_a_connection_s_life(world: World) -> Any:
    client = world.fresh()
    seen: list[Any] = [client.getsockname()]
    client.connect_ex(world.free_port())
    port = client.getsockname()[1]
    seen += [client.getsockname()[0], attempt(client.getpeername)]
    client.connect_ex(world.free_port())
    seen += [client.getsockname()[0], client.getsockname()[1] == port, attempt(client.getpeername)]
    server = world.listener()
    client.connect_ex(server.getsockname())
    seen += [client.getsockname()[0], client.getpeername() == server.getsockname()]
    world.keep("a", server.accept()[0]).close()
    client.shutdown(world.socket.SHUT_WR)
    return [*seen, client.getsockname()[0], attempt(client.getpeername)]


@case("inet_listen after a refusal: a new port")
def listening_after_a_refusal(world: World) -> Any:
    client, port = world.fresh(), world.free_port()
    seen = [attempt(client.connect, port), attempt(client.listen), attempt(client.connect, port)]
    return [*seen, attempt(client.listen), client.getsockname()[0], world.mask(client)]


@case("tcp_disconnect: sk_error_report wakes waiters for ERR")
def the_report_of_a_refusal_is_an_edge(world: World) -> Any:
    client, port = world.fresh(), world.free_port()
    epoll = world.epoll((client, world.select.EPOLLOUT | world.select.EPOLLET))
    seen = [world.wait(epoll), attempt(client.connect, port), world.wait(epoll), world.wait(epoll)]
    return [*seen, attempt(client.connect, port), world.mask(epoll), world.wait(epoll)]


@case("tcp_sendmsg waits for the connection before it looks at shutdown")
def sending_on_a_shut_socket_that_is_connecting(world: World) -> Any:
    server = world.listener(0)
    world.connecting(server.getsockname())
    client = world.fresh("d")
    seen = [attempt(client.shutdown, world.socket.SHUT_WR)]
    client.connect_ex(server.getsockname())
    return [*seen, world.mask(client), attempt(client.send, b"x"), attempt(client.recv, 1)]


@case("inet_csk_listen_stop: a port that was not asked for is given back")
def binding_after_the_listening_ended(world: World) -> Any:
    seen = []
    for port in (0, world.free_port()[1]):
        server = world.fresh()
        server.bind((HOST, port))
        server.listen()
        server.shutdown(world.socket.SHUT_RD)
        seen += [attempt(server.bind, (HOST, 0)), server.getsockname()[0], world.mask(server)]
    return seen


@case("inet_shutdown: SS_DISCONNECTING")
def shutting_an_attempt_that_has_ended(world: World) -> Any:
    server, client = world.listener(), world.fresh()
    client.connect_ex(server.getsockname())
    world.keep("a", server.accept()[0]).close()
    client.send(b"x")
    seen = [attempt(client.shutdown, world.socket.SHUT_WR), attempt(client.listen)]
    return [*seen, attempt(client.connect, server.getsockname()), world.mask(client)]


@case("Modules/socketmodule.c: getsockaddrarg, AF_UNIX")
def internet_addresses_for_a_unix_socket(world: World) -> Any:
    a, _ = world.unix()
    return [attempt(call, (HOST, 1)) for call in (a.bind, a.connect, a.connect_ex)]


@case("tcp_disconnect purges the receive queue")
def what_was_received_goes_with_the_connection(world: World) -> Any:
    server, client = world.listener(), world.fresh()
    client.connect_ex(server.getsockname())
    accepted = world.keep("a", server.accept()[0])
    accepted.send(b"data")
    client.send(b"unread")
    accepted.close()
    seen = [world.mask(client), attempt(client.connect, server.getsockname()), world.mask(client)]
    return [*seen, attempt(client.recv, 10)]
