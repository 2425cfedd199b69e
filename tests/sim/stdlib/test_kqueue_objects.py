"""``k.select.kqueue`` and ``kevent``: the checks, conversions and messages of CPython's selectmodule.c.

The interpreter's own test_kqueue runs in tests/cpython; these tests cover the rest.
"""

from __future__ import annotations

import errno

import pytest

import sim
from sim.stdlib.linux_select import LinuxSelectModule


@pytest.fixture
def k():
    return sim.Kernel()


def test_an_event_s_defaults_and_words(k):  # kqueue_event_init, kqueue_event_repr
    event = k.select.kevent(5)
    assert (event.ident, event.filter, event.flags, event.fflags, event.data, event.udata) == (
        *(5, k.select.KQ_FILTER_READ, k.select.KQ_EV_ADD),
        *(0, 0, 0),
    )
    assert repr(k.select.kevent(5, -2, 0x11, 0xFFFFFFFF, -1, 6)) == (
        "<select.kevent ident=5 filter=-2 flags=0x11 fflags=0xffffffff data=0xffffffffffffffff udata=0x6>"
    )
    assert type(event).__module__ == "select"
    assert type(event).__qualname__ == "kevent"


def test_an_event_takes_what_test_kqueue_gives_it(k):  # test_kqueue.test_create_event, without its open file
    kevent = k.select.kevent
    assert kevent(4) != kevent(1000)
    assert kevent(4) < kevent(1000) >= kevent(999)
    assert kevent(ident=1, filter=2, flags=3, fflags=4, data=5, udata=6) == kevent(1, 2, 3, 4, 5, 6)
    assert kevent(0, 1, 0xFFFF).flags == 0xFFFF
    assert kevent(0, 1, 2, 0xFFFFFFFF).fflags == 0xFFFFFFFF
    for other in (None, 1, "ev"):
        assert kevent(4) != other
        with pytest.raises(TypeError):
            kevent(4) < other  # noqa: B015
    with pytest.raises(TypeError, match="unhashable"):
        hash(kevent(4))


def test_an_event_s_numbers_are_c_s(k):  # PyArg_ParseTuple "O|hHI…"
    a, _ = k.socket.socketpair()
    assert k.select.kevent(a).ident == a.fileno()
    assert k.select.kevent(1, -1, 0x10001).flags == 1  # "H" does not check for overflow
    with pytest.raises(OverflowError, match="signed short integer is greater than maximum"):
        k.select.kevent(1, 2**15)
    with pytest.raises(TypeError, match="fileno"):
        k.select.kevent("1")
    with pytest.raises(OverflowError):
        k.select.kevent(-1)
    event = k.select.kevent(1)
    event.flags = k.select.KQ_EV_DELETE  # members can be set
    assert event.flags == 2


def test_control_refuses_what_cpython_refuses(k):  # select_kqueue_control_impl
    kqueue = k.select.kqueue()
    with pytest.raises(ValueError, match="Length of eventlist must be 0 or positive, got -1"):
        kqueue.control(None, -1)
    with pytest.raises(TypeError, match="changelist is not iterable"):
        kqueue.control(5, 0)
    with pytest.raises(TypeError, match=r"changelist must be an iterable of select.kevent objects"):
        kqueue.control([5], 0)
    with pytest.raises(TypeError, match="timeout argument must be a number or None, got str"):
        kqueue.control(None, 1, "soon")
    with pytest.raises(ValueError, match="timeout must be positive or None"):
        kqueue.control(None, 1, -1)
    with pytest.raises(TypeError):
        kqueue.control(changelist=None, max_events=1)
    with pytest.raises(TypeError):
        k.select.kqueue(1)


def test_a_closed_object_says_so(k):
    kqueue = k.select.kqueue()
    twin = k.select.kqueue.fromfd(kqueue.fileno())
    kqueue.close()
    kqueue.close()
    assert kqueue.closed
    for call in (kqueue.fileno, lambda: kqueue.control(None, 0)):
        with pytest.raises(ValueError, match="I/O operation on closed kqueue object"):
            call()
    assert not twin.closed
    with pytest.raises(OSError, match=rf"\[Errno {errno.EBADF}\]"):
        twin.control(None, 0)


def test_a_change_that_fails_is_an_error_or_an_event(k):
    a, _ = k.socket.socketpair()
    kqueue = k.select.kqueue()
    delete = k.select.kevent(a, flags=k.select.KQ_EV_DELETE)
    with pytest.raises(FileNotFoundError):
        kqueue.control([delete], 0)
    (event,) = kqueue.control([delete], 1)
    assert (event.flags, event.data) == (k.select.KQ_EV_ERROR, errno.ENOENT)


def test_it_waits_in_virtual_time_and_a_deadlock_names_the_call(k):
    a, b = k.socket.socketpair()
    kqueue = k.select.kqueue()
    before = k.time.monotonic()
    assert kqueue.control([k.select.kevent(a)], 1, 2.5) == []
    assert 2.5 <= k.time.monotonic() - before < 2.6
    with pytest.raises(sim.Deadlock, match=rf"kqueue.control on descriptor {kqueue.fileno()}"):
        kqueue.control(None, 1)
    b.send(b"abc")
    assert [(event.ident, event.data) for event in kqueue.control(None, 1)] == [(a.fileno(), 3)]


def test_a_timer_has_no_descriptor(k):
    kqueue = k.select.kqueue()
    kqueue.control([k.select.kevent(1, k.select.KQ_FILTER_TIMER, data=250)], 0)
    assert [event.ident for event in kqueue.control(None, 4)] == [1]
    assert 0.25 <= k.time.monotonic() < 0.26


def test_filters_that_are_left_out_are_refused_by_the_kernel(k):
    names = ("AIO", "VNODE", "PROC", "SIGNAL")
    for name in names:
        with pytest.raises(OSError, match="left out"):
            k.select.kqueue().control([k.select.kevent(1, getattr(k.select, f"KQ_FILTER_{name}"))], 0)


def test_the_module_on_linux_has_no_kqueue(k):
    assert type(k.select.on_linux) is LinuxSelectModule
    assert not hasattr(k.select.on_linux, "kqueue")
    assert not hasattr(k.select.on_linux, "KQ_EV_ADD")
    assert k.select.on_linux.epoll is not None


def test_threads_wait_in_kevent_like_everyone(k):
    a, b = k.socket.socketpair()
    kqueue = k.select.kqueue()
    kqueue.control([k.select.kevent(a)], 0)
    seen = []
    with k.threading:
        thread = k.threading.Thread(target=lambda: seen.extend(kqueue.control(None, 1)))
        thread.start()
        k.time.sleep(1)
        b.send(b"x")
        thread.join()
    assert [event.ident for event in seen] == [a.fileno()]
