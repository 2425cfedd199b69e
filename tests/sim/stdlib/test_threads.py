"""Simulated threads: when they switch, how they end, and the message of a deadlock."""

from __future__ import annotations

import gc
import threading as host_threading
import weakref

import pytest

import sim
from sim.stdlib.kernel import Kernel

SECOND = 1_000_000_000


@pytest.fixture
def kernel() -> Kernel:
    return Kernel()


def host_threads() -> int:
    return host_threading.active_count()


# -- switching ----------------------------------------------------------------------------


def test_a_thread_runs_when_the_program_waits_and_not_before(kernel):
    told = []
    a, b = kernel.socket.socketpair()
    with kernel.threading as threading:
        threading.Thread(target=lambda: told.append("thread")).start()
        told.append("started")
        b.send(b"x")
        a.recv(1)  # finds data, so it does not wait
        kernel.select.select([b], [b], [], 0)
        told.append("before")
        kernel.time.sleep(0.001)
        told.append("after")
    assert told == ["started", "before", "thread", "after"]


def test_threads_take_turns_in_the_order_in_which_they_can_go_on(kernel):
    told = []

    def work(name: str, pause: float) -> None:
        for _ in range(3):
            kernel.time.sleep(pause)
            told.append(f"{name}{kernel.now_ns // 1_000_000}")

    with kernel.threading as threading:
        for name, pause in (("a", 0.002), ("b", 0.003), ("c", 0.010)):
            threading.Thread(target=work, args=(name, pause)).start()
    assert told == ["a2", "b3", "a4", "b6", "a6", "b9", "c10", "c20", "c30"]


def conversation() -> tuple[list[str], int]:
    """A server with a thread for each client; the clients are threads too."""
    kernel = Kernel()
    told: list[str] = []
    server = kernel.socket.create_server(("127.0.0.1", 7000))

    def serve(connection) -> None:
        while data := connection.recv(10):
            told.append(f"served {data!r}")
            connection.sendall(data.upper())

    def listen() -> None:
        while True:
            threading.Thread(target=serve, args=(server.accept()[0],)).start()

    def ask(name: bytes) -> None:
        with kernel.socket.create_connection(("127.0.0.1", 7000)) as client:
            for number in range(3):
                client.sendall(b"%s%d" % (name, number))
                told.append(f"{client.recv(10)!r}")

    with kernel.threading as threading:
        threading.Thread(target=listen, daemon=True).start()
        for name in (b"x", b"y", b"z"):
            threading.Thread(target=ask, args=(name,)).start()
    return told, kernel.now_ns


def test_the_same_program_runs_the_same_way_to_the_nanosecond():
    told, end_ns = conversation()
    assert len(told) == 18
    assert {text for text in told if text[0] == "b"} == {f"b'{c}{n}'" for c in "XYZ" for n in range(3)}
    assert conversation() == (told, end_ns)


def test_the_accounts_agree_for_any_program(kernel):
    a, b = kernel.socket.socketpair()
    poll = kernel.select.poll()
    poll.register(a, 1)
    with kernel.threading as threading:
        for call in (poll.poll, lambda: a.recv(1, 2), lambda: kernel.select.select([a], [], [], 5)):
            threading.Thread(target=call).start()
        kernel.time.sleep(0.01)
        b.send(b"x")
        kernel.time.sleep(0.01)
        assert sum(kernel.totals()[0]) == kernel.now_ns
    assert sum(kernel.totals()[0]) == kernel.now_ns == kernel.free_ns


# -- the module ---------------------------------------------------------------------------


def test_threads_have_names_and_states(kernel):
    threading = kernel.threading
    first = threading.Thread(target=kernel.time.sleep, args=(1,))
    second = threading.Thread(name="reader", target=print, kwargs={"end": ""}, daemon=True)
    assert (first.name, second.name, threading.Thread().name) == ("Thread-1 (sleep)", "reader", "Thread-2")
    assert (first.is_alive(), first.daemon, second.daemon) == (False, False, True)
    first.start()
    assert repr(first) == "<Thread(Thread-1 (sleep), started)>"
    assert [thread.name for thread in threading.enumerate()] == ["MainThread", first.name]
    assert (threading.active_count(), threading.current_thread() is threading.main_thread()) == (2, True)
    first.join()
    assert (first.is_alive(), repr(first)) == (False, "<Thread(Thread-1 (sleep), stopped)>")
    first.join()


def test_a_subclass_runs_its_own_run(kernel):
    class Sleeper(kernel.threading.Thread):  # type: ignore[name-defined, misc]
        def run(self) -> None:
            kernel.time.sleep(1)
            self.seen = kernel.threading.current_thread()

    thread = Sleeper()
    thread.start()
    thread.join()
    assert thread.seen is thread


def test_threads_are_started_and_joined_as_threads_are(kernel):
    thread = kernel.threading.Thread()
    with pytest.raises(RuntimeError, match="cannot join thread before it is started"):
        thread.join()
    with pytest.raises(RuntimeError, match="cannot join current thread"):
        kernel.threading.current_thread().join()
    thread.start()
    with pytest.raises(RuntimeError, match="threads can only be started once"):
        thread.start()
    thread.join()


def test_a_join_can_time_out(kernel):
    thread = kernel.threading.Thread(target=kernel.time.sleep, args=(10,))
    thread.start()
    thread.join(0)
    thread.join(2.5)
    assert thread.is_alive()
    assert 0 <= kernel.now_ns - 2.5 * SECOND < 20_000
    thread.join(100)
    assert not thread.is_alive()
    assert 0 <= kernel.now_ns - 10 * SECOND < 20_000


def test_an_exception_ends_its_thread_only(kernel, monkeypatch):
    told = []
    monkeypatch.setattr(host_threading, "excepthook", lambda args: told.append(repr(args.exc_value)))

    def fail() -> None:
        kernel.time.sleep(1)
        raise KeyError("gone")

    with kernel.threading as threading:
        threading.Thread(target=fail).start()
    assert told == ["KeyError('gone')"]
    assert kernel.now_ns >= SECOND


def test_features_that_are_left_out_raise_an_error_that_says_so(kernel):
    with pytest.raises(
        AttributeError, match=r"^threading\.Lock is left out of the simulated kernel; it has Thread, act"
    ):
        kernel.threading.Lock()


# -- ends ---------------------------------------------------------------------------------


def test_leaving_joins_threads_and_ends_daemons(kernel):
    told = []
    a, _ = kernel.socket.socketpair()

    def wait_for_ever() -> None:
        try:
            a.recv(1)
        finally:
            told.append("unwound")

    before = host_threads()
    with kernel.threading as threading:
        threading.Thread(target=wait_for_ever, daemon=True).start()
        threading.Thread(target=lambda: told.append(kernel.time.sleep(3))).start()
        threading.Thread(target=wait_for_ever, daemon=True).start()
    assert told == [None, "unwound", "unwound"]
    assert (host_threads(), kernel.threading.active_count()) == (before, 1)
    assert a.gettimeout() is None
    assert not kernel.table.file(a.fileno()).wait_queue.entries


def test_an_error_inside_ends_all_threads_and_is_raised(kernel):
    a, _ = kernel.socket.socketpair()
    before = host_threads()

    def fail() -> None:
        with kernel.threading as threading:
            threading.Thread(target=a.recv, args=(1,)).start()
            threading.Thread(target=a.recv, args=(1,)).start()
            kernel.time.sleep(1)
            threading.Thread(target=a.recv, args=(1,)).start()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert host_threads() == before


def test_a_thread_that_repeats_its_call_is_still_ended(kernel):
    a, _ = kernel.socket.socketpair()
    tried = []

    def cling() -> None:
        for _ in range(3):
            try:
                a.recv(1)
            except BaseException as error:
                tried.append(type(error).__name__)

    with kernel.threading as threading:
        threading.Thread(target=cling, daemon=True).start()
        kernel.time.sleep(1)
    assert tried == ["ThreadUnwound"] * 3


def test_a_thread_started_by_one_that_is_ended_is_ended_too(kernel):
    told: list[str] = []
    a, _ = kernel.socket.socketpair()

    def wait_and_start() -> None:
        try:
            a.recv(1)
        finally:
            kernel.threading.Thread(target=told.append, args=("ran",)).start()

    before = host_threads()
    with kernel.threading as threading:
        threading.Thread(target=wait_and_start, daemon=True).start()
        kernel.time.sleep(1)
    assert (told, host_threads(), threading.active_count()) == ([], before, 1)


def test_a_kernel_and_its_threads_are_freed_when_unused():
    kernel = Kernel()
    before = host_threads()
    a, b = kernel.socket.socketpair()
    with kernel.threading as threading:
        threading.Thread(target=a.recv, args=(1,), daemon=True).start()
        threading.Thread(target=b.recv, args=(1,), daemon=True).start()
        kernel.time.sleep(1)
    gone = weakref.ref(kernel)
    del kernel, threading, a, b
    gc.collect()
    assert (gone(), host_threads()) == (None, before)


# -- deadlocks ----------------------------------------------------------------------------


def test_a_deadlock_names_every_thread_and_its_waiting_call(kernel):
    a, b = kernel.socket.socketpair()
    epoll = kernel.select.epoll()
    epoll.register(b, 1)
    server = kernel.socket.create_server(("127.0.0.1", 0))
    with kernel.threading as threading:
        for name, call in (("one", lambda: a.recv(1)), ("two", epoll.poll), ("three", server.accept)):
            threading.Thread(name=name, target=call, daemon=True).start()
        with pytest.raises(sim.Deadlock) as caught:
            b.recv(1)
    assert str(caught.value) == (
        "4 threads wait, and nothing in this kernel can ever wake them: "
        "MainThread in socket.recv on descriptor 4; one in socket.recv on descriptor 3; "
        "two in epoll.poll on descriptor 5, which watches 4,; three in socket.accept on descriptor 6"
    )


def test_a_deadlock_of_one_thread_has_the_message_of_a_program_without_threads(kernel):
    a, _ = kernel.socket.socketpair()
    kernel.threading.Thread(target=kernel.time.sleep, args=(1,)).start()
    with pytest.raises(sim.Deadlock) as caught:
        a.recv(1)
    assert str(caught.value) == (
        "socket.recv on descriptor 3 waits, and nothing in this kernel can ever wake it"
    )


def test_after_a_deadlock_the_threads_are_where_they_were(kernel):
    a, b = kernel.socket.socketpair()
    told = []
    thread = kernel.threading.Thread(target=lambda: told.append(a.recv(1)))
    thread.start()
    with pytest.raises(sim.Deadlock, match=r"Thread\.join of Thread-1"):
        thread.join()
    b.send(b"x")
    thread.join()
    assert told == [b"x"]
