"""kqueue works as kqueue(2) and FreeBSD's kern_event.c say; each case names its source."""

from __future__ import annotations

import errno

import pytest

from sim.kernel import poll_bits
from sim.kernel.waiting.kqueue.kevent import (
    EV_ADD,
    EV_CLEAR,
    EV_DELETE,
    EV_DISABLE,
    EV_DISPATCH,
    EV_ENABLE,
    EV_EOF,
    EV_ERROR,
    EV_ONESHOT,
    EV_RECEIPT,
    EVFILT_READ,
    EVFILT_TIMER,
    EVFILT_USER,
    EVFILT_WRITE,
    NOTE_FFAND,
    NOTE_FFCOPY,
    NOTE_FFOR,
    NOTE_TRIGGER,
    Kevent,
)
from sim.stdlib.kernel import Kernel
from tests.support.kernel_under_test import (
    arrive,
    raises,
    totals,
)
from tests.support.kqueue_under_test import Rig, refuses
from tests.support.races import MS

NOTE_LOWAT, NOTE_SECONDS = 1, 1


# -- registering (kqueue_register) ---------------------------------------------------------


def test_adding_a_pair_again_changes_its_knote_and_makes_no_second_one():  # kqueue(2), EV_ADD
    rig = Rig()
    rig.add(rig.ours[0])
    rig.add(rig.ours[0], udata=7)
    rig.come_in(rig.ours[0])
    assert [event.udata for event in rig.control()] == [7]
    assert rig.kqueue.count == 1


def test_reading_and_writing_are_two_knotes():  # kern_event.c: struct knote is (ident, filter)
    rig = Rig()
    fd = rig.ours[0]
    rig.add(fd)
    rig.control(Kevent(fd, EVFILT_WRITE), most=0)
    rig.come_in(fd)
    assert {(event.ident, event.filter) for event in rig.control()} == {(fd, EVFILT_READ), (fd, EVFILT_WRITE)}
    rig.control(Kevent(fd, EVFILT_WRITE, EV_DELETE), most=0)
    assert [event.filter for event in rig.control()] == [EVFILT_READ]


@pytest.mark.parametrize("flags", [EV_DELETE, EV_ENABLE, EV_DISABLE])
def test_a_change_of_an_unregistered_pair_is_enoent(flags):  # kqueue(2), ENOENT
    rig = Rig()
    refuses(errno.ENOENT, rig, Kevent(rig.ours[0], flags=flags), most=0)
    assert rig.control(Kevent(rig.ours[0], flags=flags)) == [
        Kevent(rig.ours[0], flags=EV_ERROR, data=errno.ENOENT)
    ]


def test_a_closed_descriptor_is_ebadf():  # kqueue(2), EBADF
    rig = Rig()
    raises(errno.EBADF, rig.add, 999)
    raises(errno.EBADF, rig.kernel.complete, rig.kernel.sys_kevent(999, [], 1, 0))


def test_a_call_on_something_else_is_einval():  # kqueue_acquire
    rig = Rig()
    raises(errno.EINVAL, rig.kernel.complete, rig.kernel.sys_kevent(rig.ours[0], [], 1, 0))


def test_a_kqueue_cannot_watch_itself():  # kqueue_register: "events on ourselves"
    rig = Rig()
    raises(errno.EINVAL, rig.add, rig.fd)


@pytest.mark.parametrize("kind", [5, -3, -4, -5, -6, -99])
def test_a_filter_that_is_not_there_is_einval(kind):  # kqueue_fo_find
    rig = Rig()
    refuses(errno.EINVAL, rig, Kevent(rig.ours[0], kind), most=0)


def test_a_change_without_a_filter_is_passed_over():  # kern_kevent: if (!kevp->filter) continue
    rig = Rig()
    assert rig.control(Kevent(rig.ours[0], 0)) == []
    assert rig.kqueue.count == 0


def test_errors_take_room_and_the_queue_is_left_alone():  # kern_kevent: if nerrors, no scan
    rig = Rig()
    rig.add(rig.ours[0])
    rig.come_in(rig.ours[0])
    events = rig.control(Kevent(rig.ours[1], flags=EV_DELETE), Kevent(rig.ours[1]), Kevent(998))
    assert [(event.flags, event.data) for event in events] == [
        (EV_ERROR, errno.ENOENT),
        (EV_ERROR, errno.EBADF),
    ]
    assert rig.kqueue.count == 2  # the good change between them is applied
    assert [event.ident for event in rig.control()] == [rig.ours[0]]


def test_an_error_with_no_room_left_is_the_call_s_own():  # kern_kevent: goto done
    rig = Rig()
    changes = Kevent(997, flags=EV_DELETE), Kevent(998, flags=EV_DELETE), Kevent(rig.ours[0])
    refuses(errno.EBADF, rig, *changes, most=1)
    assert rig.kqueue.count == 0  # the later change was not applied


def test_a_receipt_reports_success_and_drains_nothing():  # kqueue(2), EV_RECEIPT
    rig = Rig()
    rig.add(rig.ours[0])
    rig.come_in(rig.ours[0])
    events = rig.control(Kevent(rig.ours[1], flags=EV_ADD | EV_RECEIPT))
    assert events == [Kevent(rig.ours[1], flags=EV_ERROR, data=0)]
    assert [event.ident for event in rig.control()] == [rig.ours[0]]


def test_a_knote_that_is_ready_when_added_is_queued_at_once():  # done_ev_add: f_event is run
    rig = Rig()
    rig.come_in(rig.ours[1])
    assert [event.ident for event in rig.control(*map(Kevent, rig.ours))] == [rig.ours[1]]


# -- flags ---------------------------------------------------------------------------------


def test_level_triggered_reports_until_it_is_read():  # kqueue_scan: back to the tail
    rig = Rig()
    rig.add(rig.ours[0])
    rig.come_in(rig.ours[0], data=b"four")
    assert [event.data for event in rig.control() + rig.control()] == [4, 4]
    rig.kernel.sys_read(rig.ours[0], 3)
    assert [event.data for event in rig.control()] == [1]
    rig.kernel.sys_read(rig.ours[0], 3)
    assert rig.control() == []


def test_clear_reports_again_only_after_a_change():  # kqueue(2), EV_CLEAR
    rig = Rig()
    rig.add(rig.ours[0], flags=EV_CLEAR)
    rig.come_in(rig.ours[0])
    assert len(rig.control()) == 1
    assert rig.control() == []
    rig.come_in(rig.ours[0])
    assert [event.data for event in rig.control()] == [2]


def test_a_dispatch_knote_is_disabled_until_enabled():  # kqueue(2), EV_DISPATCH
    rig = Rig()
    rig.add(rig.ours[0], flags=EV_DISPATCH)
    rig.come_in(rig.ours[0])
    assert len(rig.control()) == 1
    rig.come_in(rig.ours[0])
    assert rig.control() == []
    assert [event.data for event in rig.control(Kevent(rig.ours[0], flags=EV_ENABLE))] == [2]


def test_one_shot_is_deleted_when_reported():  # kqueue(2), EV_ONESHOT
    rig = Rig()
    rig.add(rig.ours[0], flags=EV_ONESHOT)
    rig.come_in(rig.ours[0])
    assert [event.ident for event in rig.control()] == [rig.ours[0]]
    assert rig.kqueue.count == 0
    refuses(errno.ENOENT, rig, Kevent(rig.ours[0], flags=EV_DELETE), most=0)


def test_a_one_shot_knote_s_filter_does_not_run_again():  # kqueue_scan copies it out as it stands
    rig = Rig()
    rig.add(rig.ours[0], flags=EV_ONESHOT)
    rig.come_in(rig.ours[0])
    rig.kernel.sys_read(rig.ours[0], 64)
    assert [event.data for event in rig.control()] == [1]


def test_a_disabled_knote_reports_nothing_until_it_is_enabled():  # kqueue(2), EV_DISABLE
    rig = Rig()
    rig.add(rig.ours[0], flags=EV_DISABLE)
    rig.come_in(rig.ours[0])
    assert rig.control() == []
    assert len(rig.control(Kevent(rig.ours[0], flags=EV_ENABLE))) == 1
    rig.control(Kevent(rig.ours[0], flags=EV_DISABLE), most=0)
    assert rig.control() == []


def test_low_water_is_the_knote_s_own():  # kqueue(2), NOTE_LOWAT
    rig = Rig()
    rig.add(rig.ours[0], fflags=NOTE_LOWAT, data=4)
    rig.come_in(rig.ours[0], data=b"abc")
    assert rig.control() == []
    rig.come_in(rig.ours[0], data=b"d")
    assert [event.data for event in rig.control()] == [4]


def test_end_of_file_sets_a_flag_and_the_remaining_bytes_count():  # kqueue(2), EVFILT_READ, EV_EOF
    rig = Rig()
    rig.add(rig.ours[0])
    rig.come_in(rig.ours[0], data=b"last words")
    rig.kernel.sys_close(rig.theirs[0])
    (event,) = rig.control()
    assert (event.flags & EV_EOF, event.data, event.fflags) == (EV_EOF, 10, 0)


def test_a_reset_s_error_is_in_fflags():  # filt_soread: so_error
    rig = Rig()
    rig.add(rig.ours[0])
    rig.kernel.sys_write(rig.ours[0], b"never read")
    rig.kernel.sys_close(rig.theirs[0])  # with unread data: RST
    (event,) = rig.control()
    assert (event.flags & EV_EOF, event.fflags) == (EV_EOF, errno.ECONNRESET)


# -- reported amounts ----------------------------------------------------------------------


def test_a_listening_socket_reports_its_waiting_connections():  # kqueue(2): the size of the listen backlog
    kernel = Kernel()
    listener = kernel.sys_socket()
    kernel.sys_bind(listener, ("127.0.0.1", 80))
    kernel.sys_listen(listener, 8)
    kqfd = kernel.sys_kqueue()
    for _ in range(3):
        client = kernel.sys_socket()
        raises(errno.EINPROGRESS, kernel.sys_connect, client, ("127.0.0.1", 80))
    events = kernel.complete(kernel.sys_kevent(kqfd, [Kevent(listener)], 8, 0))
    assert [(event.ident, event.data) for event in events] == [(listener, 3)]


def test_a_pipe_reports_bytes_room_and_the_far_end_s_close():  # filt_piperead, filt_pipewrite
    kernel = Kernel()
    reader, writer = kernel.sys_pipe2(0x800)
    kqfd = kernel.sys_kqueue()
    changes = [Kevent(reader), Kevent(writer, EVFILT_WRITE)]
    kernel.sys_write(writer, b"x" * 5_000)
    events = kernel.complete(kernel.sys_kevent(kqfd, changes, 8, 0))
    assert [(event.ident, event.data) for event in events] == [(reader, 5_000), (writer, 14 * 4_096)]
    kernel.sys_close(writer)
    (event,) = kernel.complete(kernel.sys_kevent(kqfd, [], 8, 0))
    assert (event.data, event.flags & EV_EOF) == (5_000, EV_EOF)


def test_writing_waits_for_room():  # filt_sowrite
    rig = Rig()
    while True:
        try:
            rig.kernel.sys_write(rig.ours[0], bytes(65_536))
        except BlockingIOError:
            break
    change = Kevent(rig.ours[0], EVFILT_WRITE, EV_ADD | EV_CLEAR)
    assert rig.control(change) == []
    while True:
        try:
            rig.kernel.sys_read(rig.theirs[0], 65_536)
        except BlockingIOError:
            break
    (event,) = rig.control()
    assert event.data > 1_000_000


def test_counters_and_timer_descriptors_report_their_count():  # FreeBSD: filt_eventfdread, filt_timerfdread
    kernel = Kernel()
    counter, timer = kernel.sys_eventfd2(5), kernel.sys_timerfd_create(1)
    kernel.sys_timerfd_settime(timer, 0, 1_000, 0)
    kernel.run_until(MS)
    kqfd = kernel.sys_kqueue()
    events = kernel.complete(kernel.sys_kevent(kqfd, [Kevent(counter), Kevent(timer)], 8, 0))
    assert [(event.ident, event.data) for event in events] == [(counter, 5), (timer, 1)]


# -- EVFILT_TIMER, EVFILT_USER -------------------------------------------------------------


def test_a_periodic_timer_counts_its_expiries():  # kqueue(2), EVFILT_TIMER: milliseconds, periodic, EV_CLEAR
    rig = Rig()
    rig.control(Kevent(1, EVFILT_TIMER, data=10), most=0)
    (event,) = rig.control(timeout_ns=None)
    assert (event.ident, event.data, event.flags) == (1, 1, EV_CLEAR)
    rig.kernel.run_until(rig.kernel.now_ns + 35 * MS)
    assert [event.data for event in rig.control()] == [3]
    assert rig.control() == []


def test_a_one_shot_timer_is_deleted_after_its_expiry():
    rig = Rig()
    rig.control(Kevent(1, EVFILT_TIMER, EV_ADD | EV_ONESHOT, NOTE_SECONDS, 2), most=0)
    before_ns = rig.kernel.now_ns
    assert len(rig.control(timeout_ns=None)) == 1
    assert 1_999 * MS < rig.kernel.now_ns - before_ns < 2_001 * MS
    assert rig.kqueue.count == 0


def test_a_timer_that_is_set_again_starts_its_count_at_zero():  # filt_timertouch
    rig = Rig()
    rig.control(Kevent(1, EVFILT_TIMER, data=10), most=0)
    rig.kernel.run_until(rig.kernel.now_ns + 25 * MS)
    rig.control(Kevent(1, EVFILT_TIMER, data=100), most=0)
    assert rig.control() == []
    rig.kernel.run_until(rig.kernel.now_ns + 101 * MS)
    assert [event.data for event in rig.control()] == [1]


def test_a_timer_refuses_a_negative_time_and_odd_units():  # filt_timervalidate
    rig = Rig()
    refuses(errno.EINVAL, rig, Kevent(1, EVFILT_TIMER, data=-1), most=0)
    refuses(errno.EINVAL, rig, Kevent(1, EVFILT_TIMER, fflags=3, data=1), most=0)
    assert rig.kqueue.count == 0


def test_a_user_event_is_triggered_by_a_change():  # kqueue(2), EVFILT_USER, NOTE_TRIGGER
    rig = Rig()
    rig.control(Kevent(9, EVFILT_USER, EV_ADD | EV_CLEAR), most=0)
    assert rig.control() == []
    events = rig.control(Kevent(9, EVFILT_USER, 0, NOTE_TRIGGER))
    assert [(event.ident, event.filter) for event in events] == [(9, EVFILT_USER)]
    assert rig.control() == []


def test_a_user_event_s_flags_are_combined_as_asked():  # filt_usertouch
    rig = Rig()
    rig.control(Kevent(9, EVFILT_USER, EV_ADD, 0b1100), most=0)
    for control in (NOTE_FFAND | 0b0110, NOTE_FFOR | 0b0001):
        rig.control(Kevent(9, EVFILT_USER, 0, control), most=0)
    assert [event.fflags for event in rig.control(Kevent(9, EVFILT_USER, 0, NOTE_TRIGGER))] == [0b0101]
    rig.control(Kevent(9, EVFILT_USER, 0, NOTE_FFCOPY | 0b1000), most=0)
    assert [event.fflags for event in rig.control()] == [0b1000]


# -- closing, nesting, several sleepers ----------------------------------------------------


def test_close_removes_the_number_s_knotes_even_if_a_dup_stays_open():  # kqueue(2); knote_fdclose
    rig = Rig()
    fd = rig.ours[0]
    twin = rig.kernel.sys_dup(fd)
    rig.add(fd, twin)
    rig.come_in(fd)
    rig.kernel.sys_close(fd)
    assert [event.ident for event in rig.control()] == [twin]
    assert rig.kqueue.count == 1


def test_a_kqueue_in_a_kqueue_reports_the_number_of_queued_knotes():  # filt_kqueue
    rig = Rig()
    rig.add(*rig.ours)
    outer = rig.kernel.sys_kqueue()
    rig.kernel.complete(rig.kernel.sys_kevent(outer, [Kevent(rig.fd)], 0, 0))
    rig.come_in(*rig.ours[:2])
    events = rig.kernel.complete(rig.kernel.sys_kevent(outer, [], 8, 0))
    assert [(event.ident, event.data) for event in events] == [(rig.fd, 2)]


def test_its_descriptor_polls_readable_while_knotes_are_queued():  # kqueue_poll: kq_count
    rig = Rig()
    rig.add(rig.ours[0])
    assert not rig.kqueue.mask & poll_bits.IN
    rig.come_in(rig.ours[0])
    assert rig.kqueue.mask & poll_bits.IN
    rig.kernel.sys_read(rig.ours[0], 64)
    assert rig.kqueue.mask & poll_bits.IN  # stale, and not checked yet
    assert rig.control() == []
    assert not rig.kqueue.mask & poll_bits.IN


def test_every_sleeper_is_woken_and_the_first_takes_it():  # kqueue_wakeup: wakeup(kq)
    rig = Rig()
    rig.add(rig.ours[0], flags=EV_CLEAR)
    tasks = [rig.kernel.start(rig.kernel.sys_kevent(rig.fd, [], 8, None)) for _ in range(3)]
    arrive(rig.kernel, rig.ours[0], MS)
    rig.kernel.run_until(2 * MS)
    assert [task.done for task in tasks] == [True, False, False]
    assert totals(rig.kernel)["context_switches"] == 3 + 3 + 2  # all sleep, all wake, two sleep again


def test_room_for_no_event_waits_for_nothing():  # kqueue_scan: maxevents 0
    rig = Rig()
    assert rig.control(most=0, timeout_ns=None) == []


def test_the_time_is_up():
    rig = Rig()
    rig.add(rig.ours[0])
    before_ns = rig.kernel.now_ns
    assert rig.control(timeout_ns=5 * MS) == []
    assert rig.kernel.now_ns - before_ns >= 5 * MS
