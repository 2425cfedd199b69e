"""Edge-triggered items: an edge is a wake-up that concerns the mask, kept if the file is ready then."""

from __future__ import annotations

from typing import Any

from tests.conformance.cases import case
from tests.conformance.world import World, drain, fill


def _pairs(world: World) -> list[tuple[Any, Any]]:
    return [world.unix(), world.tcp()]


@case("epoll(7): edge-triggered; selftests epoll2")
def reported_once(world: World) -> Any:
    seen = []
    for a, b in _pairs(world):
        epoll = world.epoll((a, 1 | world.select.EPOLLET))
        b.send(b"abcd")
        seen += [world.wait(epoll), world.wait(epoll)]
        a.recv(2)
        seen.append(world.wait(epoll))
    return seen


@case("sock_def_readable: every arrival wakes")
def each_arrival_is_an_edge_even_while_data_waits(world: World) -> Any:
    seen = []
    for a, b in _pairs(world):
        epoll = world.epoll((a, 1 | world.select.EPOLLET))
        for _ in range(2):
            b.send(b"x")
            seen += [world.wait(epoll), world.wait(epoll)]
    return seen


@case("fs/eventpoll.c: ep_send_events asks again")
def an_edge_is_dropped_if_all_was_read(world: World) -> Any:
    a, b = world.unix()
    epoll = world.epoll((a, 1 | world.select.EPOLLET))
    b.send(b"x")
    a.recv(10)
    seen = [world.wait(epoll)]
    b.send(b"x")
    return [*seen, world.wait(epoll)]


@case("fs/eventpoll.c: ep_modify; selftests epoll59")
def modifying_arms_again_while_data_waits(world: World) -> Any:
    events = 1 | world.select.EPOLLET
    seen = []
    for a, b in _pairs(world):
        epoll = world.epoll((a, events))
        b.send(b"x")
        seen.append(world.wait(epoll))
        epoll.modify(a, events)
        seen += [world.wait(epoll), world.wait(epoll)]
        a.recv(10)
        epoll.modify(a, events)
        seen.append(world.wait(epoll))
    return seen


@case("fs/eventpoll.c: ep_insert")
def removing_and_adding_arms_again(world: World) -> Any:
    events = 1 | world.select.EPOLLET
    a, b = world.unix()
    epoll = world.epoll((a, events))
    b.send(b"x")
    seen = [world.wait(epoll)]
    epoll.unregister(a)
    epoll.register(a, events)
    return [*seen, world.wait(epoll), world.wait(epoll)]


@case("fs/eventpoll.c: ep_modify takes nothing off the ready list")
def an_edge_that_the_new_mask_does_not_want(world: World) -> Any:
    select = world.select
    a, b = world.unix()
    epoll = world.epoll((a, select.EPOLLIN | select.EPOLLET))
    b.send(b"x")
    epoll.modify(a, select.EPOLLPRI | select.EPOLLET)
    seen = [world.wait(epoll)]
    epoll.modify(a, select.EPOLLIN | select.EPOLLET)
    return [*seen, world.wait(epoll)]


@case("fs/select.c: poll and select consume nothing; selftests epoll6, epoll8")
def polling_the_file_consumes_no_edge(world: World) -> Any:
    a, b = world.unix()
    epoll = world.epoll((a, 1 | world.select.EPOLLET))
    b.send(b"x")
    seen = [world.mask(a), world.sets(a), world.mask(epoll), world.sets(epoll), world.mask(epoll)]
    return [*seen, world.wait(epoll), world.mask(epoll), world.wait(epoll)]


@case("kernel/sched/wait.c: plain entries go to the head of the queue")
def the_later_of_two_items_comes_first(world: World) -> Any:
    a, b = world.unix()
    twin = world.keep("d", a.dup())
    events = 1 | world.select.EPOLLET
    epoll = world.epoll((a, events), (twin, events))
    b.send(b"x")
    return world.wait(epoll), world.wait(epoll)


@case("net/unix/af_unix.c: unix_write_space wakes as soon as a chunk is freed")
def reading_all_of_a_unix_send_is_an_edge_for_the_sender(world: World) -> Any:
    a, b = world.unix()
    epoll = world.epoll((a, 5 | world.select.EPOLLET))
    seen = [world.wait(epoll)]
    a.send(b"xyz")
    seen.append(world.wait(epoll))
    b.recv(1)
    seen.append(world.wait(epoll))
    b.recv(10)
    return [*seen, world.wait(epoll)]


@case("net/core/stream.c: sk_stream_write_space, once two thirds are free")
def one_edge_while_a_full_tcp_buffer_is_drained(world: World) -> Any:
    a, b = world.tcp()
    epoll = world.epoll((a, world.select.EPOLLOUT | world.select.EPOLLET))
    seen = [world.wait(epoll)]
    fill(a)
    seen += [world.wait(epoll), world.mask(a)]
    edges = 0
    while drain(b):
        edges += world.wait(epoll) != "nothing"
    return seen, edges + (world.wait(epoll) != "nothing"), world.mask(a)


@case("net/unix/af_unix.c: unix_writable, a quarter of the buffer")
def an_edge_when_a_full_unix_buffer_is_drained(world: World) -> Any:
    a, b = world.unix()
    epoll = world.epoll((a, world.select.EPOLLOUT | world.select.EPOLLET))
    world.wait(epoll)
    fill(a, 4096)
    seen = [world.wait(epoll), world.mask(a)]
    b.recv(4096)
    seen += [world.wait(epoll), world.mask(a)]
    drain(b)
    return [*seen, world.wait(epoll), world.mask(a)]


@case("inet_csk_complete_hashdance: each connection wakes")
def a_listening_socket(world: World) -> Any:
    server = world.listener()
    epoll = world.epoll((server, 1 | world.select.EPOLLET))
    for name in "cd":
        world.connecting(server.getsockname(), name)
    seen = [world.wait(epoll), world.wait(epoll)]
    world.keep("x", server.accept()[0])
    seen.append(world.wait(epoll))
    world.connecting(server.getsockname(), "f")
    return [*seen, world.wait(epoll)]


@case("unix_shutdown: a wake-up without a key concerns every mask")
def the_peer_of_a_unix_pair_shuts_and_closes(world: World) -> Any:
    a, b = world.unix()
    epoll = world.epoll((a, world.select.EPOLLOUT | world.select.EPOLLET))
    seen = [world.wait(epoll), world.wait(epoll)]
    b.shutdown(world.socket.SHUT_WR)
    seen += [world.wait(epoll), world.wait(epoll)]
    b.close()
    return [*seen, world.wait(epoll), world.wait(epoll)]


@case("inet_shutdown: every call that succeeds wakes its own side")
def shutting_one_s_own_side_of_tcp(world: World) -> Any:
    socket = world.socket
    a, _ = world.tcp()
    epoll = world.epoll((a, world.select.EPOLLOUT | world.select.EPOLLET))
    seen = [world.wait(epoll)]
    for how in (socket.SHUT_RD, socket.SHUT_RD, socket.SHUT_WR, socket.SHUT_WR):
        a.shutdown(how)
        seen += [world.wait(epoll), world.wait(epoll)]
    return seen


@case("tcp_fin: data and FIN before the wait are one event")
def data_and_end_of_file_together(world: World) -> Any:
    a, b = world.tcp()
    events = world.select.EPOLLIN | world.select.EPOLLRDHUP | world.select.EPOLLET
    epoll = world.epoll((a, events))
    b.send(b"x")
    b.shutdown(world.socket.SHUT_WR)
    return world.wait(epoll), world.wait(epoll), a.recv(10), world.wait(epoll)


@case("epoll-shim: socketpair__epollhup")
def hang_up_with_no_mask_but_et(world: World) -> Any:
    seen = []
    for a, b in _pairs(world):
        epoll = world.epoll((a, world.select.EPOLLET))
        b.shutdown(world.socket.SHUT_WR)
        seen.append(world.wait(epoll))
        a.shutdown(world.socket.SHUT_WR)
        seen += [world.wait(epoll), world.wait(epoll)]
    return seen


@case("unix_stream_sendmsg, tcp_sendmsg: nothing is sent, nobody is woken")
def sending_nothing_is_no_edge(world: World) -> Any:
    seen = []
    for a, b in _pairs(world):
        epoll = world.epoll((a, 1 | world.select.EPOLLET))
        seen += [b.send(b""), world.wait(epoll), world.os.write(b.fileno(), b""), world.wait(epoll)]
    return seen


@case("recv(2): MSG_PEEK")
def looking_at_data_is_no_edge_and_takes_nothing(world: World) -> Any:
    peek = world.socket.MSG_PEEK
    seen = []
    for a, b in _pairs(world):
        epoll = world.epoll((a, 1 | world.select.EPOLLET))
        b.send(b"abc")
        b.send(b"def")
        seen += [world.wait(epoll), a.recv(4, peek), a.recv(100, peek), world.wait(epoll), a.recv(100)]
    return seen


@case("tcp_finish_connect wakes without a key; epoll-shim: epollhup_on_fresh_socket")
def watched_before_it_connects(world: World) -> Any:
    server = world.listener()
    client = world.fresh()
    events = world.select.EPOLLIN | world.select.EPOLLOUT | world.select.EPOLLET
    epoll = world.epoll((client, events))
    seen = [world.wait(epoll), world.wait(epoll)]
    client.connect_ex(server.getsockname())
    return [*seen, world.wait(epoll), world.wait(epoll)]


@case("tcp_rcv_synsent_state_process: the client is established first")
def client_and_listener_in_one_epoll(world: World) -> Any:
    server, client = world.listener(), world.fresh()
    events = world.select.EPOLLIN | world.select.EPOLLET
    epoll = world.epoll((server, events), (client, world.select.EPOLLOUT | world.select.EPOLLET))
    world.wait(epoll)
    client.connect_ex(server.getsockname())
    return world.wait(epoll)


@case("tcp_reset: sk_error_report")
def a_reset_is_an_edge_for_any_mask(world: World) -> Any:
    a, b = world.tcp()
    epoll = world.epoll((a, world.select.EPOLLET))
    a.send(b"unread")
    b.close()
    return world.wait(epoll), world.wait(epoll)


@case("fs/eventpoll.c: ready items with maxevents, drained in portions; LTP epoll_wait13")
def many_edges_in_portions(world: World) -> Any:
    epoll = world.epoll()
    for _ in range(25):
        a, b = world.unix()
        epoll.register(a, 1 | world.select.EPOLLET)
        b.send(b"x")
    return [len(epoll.poll(0, 8)) for _ in range(5)]
