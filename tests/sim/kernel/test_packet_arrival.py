"""NIC → interrupt → softirq → socket buffer → wait queue → its entries: one record has all the effects."""

from __future__ import annotations

import pytest

from sim.kernel import poll_bits
from sim.kernel.waiting.epoll.epoll_file import CTL_ADD
from sim.machine.records import DropReason, Effect, Kind
from sim.stdlib.kernel import Kernel
from tests.support.kernel_under_test import (
    ROUND_COSTS,
    Script,
    bitmap,
    connections,
    reading,
    socket_at,
    totals,
)

ARRIVAL_NS = 1_000_000


def machine(*packets: tuple[int, int], count: int = 8, payload: bytes = b"x" * 64):
    kernel = Kernel(ROUND_COSTS)
    network, fds = connections(kernel, count, Script(packets, payload))
    return kernel, network, fds


def watch_all(kernel: Kernel, fds: list[int], events: int = poll_bits.IN) -> int:
    epfd = kernel.sys_epoll_create1()
    for fd in fds:
        kernel.sys_epoll_ctl(epfd, CTL_ADD, fd, events)
    return epfd


def arrivals(kernel: Kernel) -> list[tuple[int, ...]]:
    return [record for record in kernel.journal.records if record[1] in (Kind.PACKET, Kind.HELD, Kind.DROP)]


def test_bytes_stay_in_the_buffer_if_nothing_waits():
    kernel, _, fds = machine((ARRIVAL_NS, 3))
    kernel.run_until(2 * ARRIVAL_NS)
    assert arrivals(kernel) == [(ARRIVAL_NS, Kind.PACKET, fds[3], 64, Effect.NOBODY, 0)]
    assert kernel.table.poll_masks[fds[3]] & poll_bits.IN
    assert kernel.sys_read(fds[3], 100) == b"x" * 64
    assert totals(kernel)["interrupt"] == 800 + 900


def test_epoll_lists_a_packet_s_item_in_the_interrupt_even_if_no_task_waits():
    kernel, _, fds = machine((ARRIVAL_NS, 3))
    watch_all(kernel, fds)
    kernel.run_until(2 * ARRIVAL_NS)
    assert arrivals(kernel) == [(ARRIVAL_NS, Kind.PACKET, fds[3], 64, Effect.READY_LIST, 0)]
    assert totals(kernel)["interrupt"] == 800 + 900 + 80
    assert totals(kernel)["context_switches"] == 0


def test_a_second_packet_finds_the_item_listed():
    kernel, _, fds = machine((ARRIVAL_NS, 3), (2 * ARRIVAL_NS, 3))
    watch_all(kernel, fds)
    kernel.run_until(3 * ARRIVAL_NS)
    assert [record[4] for record in arrivals(kernel)] == [Effect.READY_LIST, Effect.ALREADY_LISTED]


def test_a_packet_wakes_the_task_in_epoll_wait_and_the_next_one_only_joins_the_list():
    kernel, _, fds = machine((ARRIVAL_NS, 3), (ARRIVAL_NS, 4), (ARRIVAL_NS, 3))
    epfd = watch_all(kernel, fds)
    task = kernel.start(kernel.sys_epoll_wait(epfd, 8))
    kernel.run_until(2 * ARRIVAL_NS)
    assert [record[4] for record in arrivals(kernel)] == [
        Effect.READY_LIST | Effect.WOKE_EPOLL,
        Effect.READY_LIST,
        Effect.ALREADY_LISTED,
    ]
    assert task.result == [(fds[3], poll_bits.IN), (fds[4], poll_bits.IN)]
    # One interrupt took all three packets.
    assert totals(kernel)["interrupts"] == 1
    assert totals(kernel)["packets"] == 3
    assert totals(kernel)["interrupt"] == 800 + 3 * 900 + 3 * 80


@pytest.mark.parametrize("way", ["select", "poll"])
def test_a_packet_wakes_a_sleeping_scan_and_later_packets_are_ahead_of_its_next_pass(way):
    kernel, _, fds = machine((ARRIVAL_NS, 3), (ARRIVAL_NS, 4), (ARRIVAL_NS + 500, 0))
    nfds = fds[-1] + 1
    program = kernel.sys_select(nfds, bitmap(fds, nfds)) if way == "select" else kernel.sys_poll(reading(fds))
    task = kernel.start(program)
    kernel.run_until(2 * ARRIVAL_NS)
    assert [record[4] for record in arrivals(kernel)] == [
        Effect.WOKE_SCAN,
        Effect.SCAN_AHEAD,
        Effect.SCAN_AHEAD,
    ]
    assert task.result == 3


def test_a_packet_for_another_descriptor_does_not_wake_the_scan():
    kernel, _, fds = machine((ARRIVAL_NS, 3))
    task = kernel.start(kernel.sys_select(fds[-1] + 1, bitmap(fds[4:], fds[-1] + 1)))
    kernel.run_until(2 * ARRIVAL_NS)
    assert arrivals(kernel)[0][4] == Effect.NOBODY
    assert not task.done


def test_a_packet_does_not_wake_a_task_that_waits_for_room_to_write():
    kernel, network, fds = machine((ARRIVAL_NS, 3))
    socket = network.socket_of(3)
    assert socket is not None
    socket.set_mask(0)  # a full send buffer
    epfd = watch_all(kernel, fds[3:4], poll_bits.OUT)
    task = kernel.start(kernel.sys_poll(reading([])))
    waiting = kernel.start(kernel.sys_epoll_wait(epfd, 8))
    kernel.run_until(2 * ARRIVAL_NS)
    assert arrivals(kernel)[0][4] == Effect.NOBODY
    assert not task.done
    assert not waiting.done


def test_every_packet_lists_an_edge_triggered_item_again():
    kernel, _, fds = machine((ARRIVAL_NS, 3), (2 * ARRIVAL_NS, 3))
    epfd = watch_all(kernel, fds, poll_bits.IN | poll_bits.EPOLLET)
    first = kernel.start(kernel.sys_epoll_wait(epfd, 8))
    kernel.run_until(ARRIVAL_NS + 100_000)
    assert first.done
    kernel.run_until(3 * ARRIVAL_NS)
    assert [record[4] for record in arrivals(kernel)] == [
        Effect.READY_LIST | Effect.WOKE_EPOLL,
        Effect.READY_LIST,
    ]


def test_a_full_receive_buffer_keeps_the_rest_at_the_client_and_says_so():
    kernel, _, fds = machine(*((ARRIVAL_NS + step, 0) for step in range(5)), payload=b"x" * 60_000)
    kernel.run_until(2 * ARRIVAL_NS)
    assert [record[1] for record in arrivals(kernel)] == [Kind.PACKET] * 3 + [Kind.HELD] * 2
    # The third comes in part, as many whole segments as the window has room for.
    assert arrivals(kernel)[2] == (ARRIVAL_NS + 2, Kind.PACKET, fds[0], 7 * 1_460, Effect.NOBODY, 2)
    assert arrivals(kernel)[3] == (ARRIVAL_NS + 3, Kind.HELD, fds[0], 60_000, Effect.HELD, 3)
    assert socket_at(kernel, fds[0]).received_bytes == 120_000 + 7 * 1_460
    assert totals(kernel)["dropped"] == 0
    assert totals(kernel)["packets"] == 3


def test_a_full_backlog_leaves_the_client_without_a_connection_and_says_so():
    packets = [(ARRIVAL_NS + step, ~slot) for step, slot in enumerate([0, 1, 2])]
    kernel, network, fds = machine(*packets, (ARRIVAL_NS + 9, 2), (ARRIVAL_NS + 10, 1))
    network.listener.backlog = 1  # room for two
    kernel.run_until(2 * ARRIVAL_NS)
    drops = [record for record in arrivals(kernel) if record[1] == Kind.DROP]
    assert drops == [
        (ARRIVAL_NS + 2, Kind.DROP, -1, 0, DropReason.BACKLOG_FULL, 2),
        (ARRIVAL_NS + 9, Kind.DROP, -1, 64, DropReason.NOT_CONNECTED, 3),
    ]
    assert [kernel.sys_read(fd, 8) for fd in fds[:3]] == [b""] * 3  # all three hung up
    taken = [kernel.sys_accept4(3) for _ in range(2)]
    assert kernel.sys_read(taken[1], 100) == b"x" * 64  # sent before it was accepted
    # A second later the SYN is sent again.
    kernel.run_until(ARRIVAL_NS + 1_000_000_003)
    assert kernel.sys_accept4(3) == max(taken) + 1


def test_a_server_that_has_ended_takes_nothing():
    kernel, network, _ = machine((ARRIVAL_NS, 0), (ARRIVAL_NS + 1, ~1))
    network.disconnect_all()
    kernel.run_until(2 * ARRIVAL_NS)
    assert [record[1:5] for record in arrivals(kernel)] == [
        (Kind.DROP, -1, 64, DropReason.NOT_CONNECTED),
        (Kind.DROP, -1, 0, DropReason.NOT_CONNECTED),
    ]


def test_interrupts_take_the_cpu_from_the_task_that_runs():
    kernel, _, fds = machine((10_000, 0), (20_000, 1))

    def computing():
        kernel.work(50_000)
        yield

    task = kernel.start(computing())
    kernel.run_until(50_000 + 2 * 1_700 - 1)
    assert not task.done
    kernel.run_until(50_000 + 2 * 1_700)
    assert task.done
    assert totals(kernel)["application"] == 50_000
    assert kernel.sys_read(fds[1], 8) == b"x" * 8
