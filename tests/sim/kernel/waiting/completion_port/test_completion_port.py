"""Completion ports work as Microsoft's documentation says; each case names the page."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from sim.kernel.files.tcp import ListeningSocket
from sim.kernel.waiting.completion_port.port import (
    ERROR_ABANDONED_WAIT_0,
    ERROR_INVALID_HANDLE,
    ERROR_INVALID_PARAMETER,
    ERROR_NETNAME_DELETED,
    ERROR_NOT_FOUND,
    ERROR_OPERATION_ABORTED,
    WAIT_TIMEOUT,
    Packet,
    PortError,
)
from sim.stdlib.kernel import Kernel
from tests.support.kernel_under_test import (
    ROUND_COSTS,
    Script,
    connections,
    measure,
    pairs,
    socket_at,
    totals,
)
from tests.support.races import MS

SIZE = 4_096


class Rig:
    """A kernel, a port, and connections tied to the port; the key of each is its descriptor."""

    def __init__(self, count: int = 3, concurrency: int = 0) -> None:
        self.kernel = Kernel(ROUND_COSTS)
        self.ours, self.theirs = pairs(self.kernel, count)
        self.port = self.kernel.sys_create_port(concurrency)
        for fd in self.ours:
            self.kernel.sys_associate(self.port, fd, fd)

    def come_in(self, fd: int, data: bytes = b"x") -> None:
        assert socket_at(self.kernel, fd).deliver(data)

    def get(self, most: int = 64, timeout_ns: int | None = 0) -> list[Packet]:
        packets: list[Packet] = self.kernel.complete(self.kernel.sys_get_queued(self.port, most, timeout_ns))
        return packets


def fails(code: int, call, *arguments) -> None:
    with pytest.raises(PortError, match=rf"\[WinError {code}\]"):
        call(*arguments)


def test_a_receive_brings_its_buffer_and_its_result():  # WSARecv function
    rig = Rig()
    assert rig.kernel.sys_wsa_recv(rig.ours[0], SIZE, 7) is None
    rig.come_in(rig.ours[0], b"hello")
    assert socket_at(rig.kernel, rig.ours[0]).received_bytes == 0  # it is in the program's memory already
    assert rig.get() == [Packet(rig.ours[0], 5, 7, 0, b"hello")]


def test_no_packet_comes_without_a_started_operation():  # I/O Completion Ports: packets are of operations
    rig = Rig()
    rig.come_in(rig.ours[0])
    fails(WAIT_TIMEOUT, rig.get)


def test_a_receive_that_finds_data_ends_at_once_and_still_queues_its_packet():  # WSARecv: return value 0
    rig = Rig()
    rig.come_in(rig.ours[0], b"early")
    assert rig.kernel.sys_wsa_recv(rig.ours[0], SIZE, 7) is None
    assert [packet.data for packet in rig.get()] == [b"early"]


def test_the_port_is_skipped_on_success_if_asked():  # SetFileCompletionNotificationModes
    rig = Rig()
    rig.kernel.sys_skip_port_on_success(rig.ours[0])
    rig.come_in(rig.ours[0], b"early")
    assert rig.kernel.sys_wsa_recv(rig.ours[0], SIZE, 7) == Packet(rig.ours[0], 5, 7, 0, b"early")
    fails(WAIT_TIMEOUT, rig.get)
    assert rig.kernel.sys_wsa_recv(rig.ours[0], SIZE, 8) is None  # this one has to wait, and is queued
    rig.come_in(rig.ours[0], b"late")
    assert [packet.tag for packet in rig.get()] == [8]


def test_a_receive_of_no_bytes_reports_data_and_leaves_it():  # the zero-byte read
    rig = Rig()
    rig.kernel.sys_wsa_recv(rig.ours[0], 0, 7)
    rig.come_in(rig.ours[0], b"hello")
    assert rig.get() == [Packet(rig.ours[0], 0, 7)]
    assert rig.kernel.sys_read(rig.ours[0], SIZE) == b"hello"


def test_receives_of_one_handle_end_in_order():  # I/O Completion Ports: FIFO
    rig = Rig()
    for tag in (1, 2, 3):
        rig.kernel.sys_wsa_recv(rig.ours[0], 2, tag)
    rig.come_in(rig.ours[0], b"abcd")
    rig.come_in(rig.ours[0], b"ef")
    assert [(packet.tag, packet.data) for packet in rig.get()] == [(1, b"ab"), (2, b"cd"), (3, b"ef")]


def test_packets_leave_in_the_order_in_which_operations_ended():
    rig = Rig()
    for fd in rig.ours:
        rig.kernel.sys_wsa_recv(fd, SIZE, fd)
    order = [rig.ours[2], rig.ours[0], rig.ours[1]]
    for fd in order:
        rig.come_in(fd)
    assert [packet.key for packet in rig.get(2)] == order[:2]
    assert [packet.key for packet in rig.get(2)] == order[2:]


def test_the_end_of_a_connection_is_a_receive_of_nothing():  # WSARecv: 0 bytes received
    rig = Rig()
    rig.kernel.sys_wsa_recv(rig.ours[0], SIZE, 7)
    rig.kernel.sys_close(rig.theirs[0])
    assert rig.get() == [Packet(rig.ours[0], 0, 7)]


def test_a_reset_is_an_error():  # WSARecv: WSAECONNRESET, as the status of the packet
    rig = Rig()
    rig.kernel.sys_wsa_recv(rig.ours[0], SIZE, 7)
    rig.kernel.sys_write(rig.ours[0], b"never read")
    rig.kernel.sys_close(rig.theirs[0])
    assert [packet.error for packet in rig.get()] == [ERROR_NETNAME_DELETED]


def test_a_packet_can_be_posted_by_hand():  # PostQueuedCompletionStatus
    rig = Rig()
    rig.kernel.sys_post_queued(rig.port, 11, 22, 33)
    assert rig.get() == [Packet(22, 11, 33)]


def test_cancelling_ends_operations_with_an_error():  # CancelIoEx
    rig = Rig()
    for tag in (1, 2, 3):
        rig.kernel.sys_wsa_recv(rig.ours[0], SIZE, tag)
    rig.kernel.sys_cancel_io_ex(rig.ours[0], 2)
    assert [(packet.tag, packet.error) for packet in rig.get()] == [(2, ERROR_OPERATION_ABORTED)]
    rig.kernel.sys_cancel_io_ex(rig.ours[0])
    assert [packet.tag for packet in rig.get()] == [1, 3]
    fails(ERROR_NOT_FOUND, rig.kernel.sys_cancel_io_ex, rig.ours[0])


def test_closing_a_handle_aborts_its_operations():  # closesocket
    rig = Rig()
    rig.kernel.sys_wsa_recv(rig.ours[0], SIZE, 7)
    rig.kernel.sys_close(rig.ours[0])
    assert [(packet.tag, packet.error) for packet in rig.get()] == [(7, ERROR_OPERATION_ABORTED)]


def test_a_handle_belongs_to_one_port_for_its_life():  # CreateIoCompletionPort, Remarks
    rig = Rig()
    other = rig.kernel.sys_create_port()
    fails(ERROR_INVALID_PARAMETER, rig.kernel.sys_associate, other, rig.ours[0], 1)
    fails(ERROR_INVALID_PARAMETER, rig.kernel.sys_wsa_recv, rig.theirs[0], SIZE, 1)
    fails(ERROR_INVALID_HANDLE, rig.kernel.sys_associate, rig.ours[0], rig.ours[1], 1)
    fails(ERROR_INVALID_HANDLE, rig.kernel.sys_associate, rig.port, 999, 1)


def test_waiting_ends_with_the_time_or_with_the_port():  # GetQueuedCompletionStatus, Return value
    rig = Rig()
    before_ns = rig.kernel.now_ns
    fails(WAIT_TIMEOUT, rig.get, 1, 5 * MS)
    assert rig.kernel.now_ns - before_ns >= 5 * MS
    task = rig.kernel.start(rig.kernel.sys_get_queued(rig.port))
    rig.kernel.run_until(rig.kernel.now_ns + MS)
    rig.kernel.sys_close(rig.port)
    rig.kernel.run_until(rig.kernel.now_ns + MS)
    assert isinstance(task.error, PortError)
    assert task.error.code == ERROR_ABANDONED_WAIT_0


def test_accepts_started_up_front_take_connections_as_they_come():  # AcceptEx
    kernel = Kernel(ROUND_COSTS)
    network, _ = connections(kernel, 1, Script([(MS, ~0), (MS, ~0), (2 * MS, ~0)]))
    listener = kernel.table.files[3]
    assert isinstance(listener, ListeningSocket)
    port = kernel.sys_create_port()
    kernel.sys_associate(port, 3, 99)
    for tag in (1, 2):
        kernel.sys_accept_ex(3, tag)
    kernel.run_until(3 * MS)
    packets = kernel.complete(kernel.sys_get_queued(port, 8))
    assert [(packet.key, packet.tag) for packet in packets] == [(99, 1), (99, 2)]
    assert all(kernel.table.is_open(packet.moved) for packet in packets)
    assert len(listener.queue) == 1  # no third accept was started
    assert network.due_ns > 3 * MS


# -- threads: last in, first out, up to the concurrency -------------------------------------


def worker(rig: Rig, log: list[str], name: str, nap_ns: int) -> Generator[None, None, None]:
    """A thread of the port: takes a packet, computes, or sleeps elsewhere, and comes back."""
    while True:
        packets = yield from rig.kernel.sys_get_queued(rig.port)
        log.append(name)
        if packets[0].tag < 0:
            yield from rig.kernel.sys_poll(rig.empty, nap_ns)  # type: ignore[attr-defined]
        else:
            rig.kernel.work(nap_ns)
            yield


def start(concurrency: int, names: str, nap_ns: int = MS) -> tuple[Rig, list[str]]:
    """Workers that have come to the port in the order of their names."""
    import numpy as np

    from sim.kernel.waiting.scan_request import POLLFD

    rig = Rig(concurrency=concurrency)
    log: list[str] = []
    rig.empty = np.zeros(0, dtype=POLLFD)  # type: ignore[attr-defined]
    for name in names:
        rig.kernel.start(worker(rig, log, name, nap_ns), name)
        rig.kernel.run_until(rig.kernel.now_ns + MS)
    return rig, log


def post(rig: Rig, *tags: int) -> None:
    for tag in tags:
        rig.kernel.sys_post_queued(rig.port, 0, 0, tag)


def test_the_thread_that_came_last_is_released_first():  # I/O Completion Ports: LIFO
    rig, log = start(1, "abc")
    for _ in range(3):
        post(rig, 1)
        rig.kernel.run_until(rig.kernel.now_ns + 5 * MS)
    assert log == ["c", "c", "c"]


def test_no_more_threads_run_than_the_port_allows():  # the concurrency value
    for concurrency, released in ((1, "c"), (2, "cb"), (3, "cba")):
        rig, log = start(concurrency, "abc")
        post(rig, 1, 2, 3)
        rig.kernel.run_until(rig.kernel.now_ns + 3 * MS + MS // 2)
        assert set(log) == set(released)
        assert (log[0], len(log)) == ("c", 3)


def test_a_running_thread_takes_the_next_packet_without_a_switch():
    rig, log = start(1, "ab")
    before = totals(rig.kernel)["context_switches"]
    post(rig, 1, 2, 3, 4)
    rig.kernel.run_until(rig.kernel.now_ns + 10 * MS)
    assert log == ["b"] * 4
    assert totals(rig.kernel)["context_switches"] - before == 2  # woken once, asleep again once


def test_a_thread_that_sleeps_elsewhere_makes_room_for_another():  # I/O Completion Ports, Remarks
    rig, log = start(1, "ab", nap_ns=20 * MS)
    post(rig, -1, 1)
    rig.kernel.run_until(rig.kernel.now_ns + 5 * MS)
    assert log == ["b", "a"]


# -- counts --------------------------------------------------------------------------------


def test_each_completion_is_one_packet_and_no_file_is_asked():
    kernel = Kernel(ROUND_COSTS)
    _, fds = connections(kernel, 100, Script([(MS + 1_000 * step, step) for step in range(40)]))
    port = kernel.sys_create_port()
    for fd in fds:
        kernel.sys_associate(port, fd, fd)
        kernel.sys_wsa_recv(fd, SIZE, fd)
    before = totals(kernel)
    kernel.run_until(3 * MS)
    work = measure(kernel, kernel.sys_get_queued(port, 64))
    after = totals(kernel)
    assert [packet.key for packet in work.result] == fds[:40]
    assert after["completions"] - before["completions"] == after["packets"] - before["packets"] == 40
    assert (work.syscalls, work.scanned, work.hooks, work.context_switches) == (1, 0, 0, 0)
    assert after["copied_out_bytes"] - before["copied_out_bytes"] == 40 * 64
    costs = kernel.port_calls.ports[0].costs
    assert work.copy_out == 40 * costs.packet_ns
    interrupts_ns = after["interrupt"] - before["interrupt"]
    assert interrupts_ns == 40 * (800 + 900 + costs.complete_ns + 64)
