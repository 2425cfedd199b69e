"""asyncio's loop on a simulated kernel: time, order, refusals, and the parts that are asyncio's own code."""

from __future__ import annotations

import asyncio
import concurrent.futures
import importlib
import inspect
import signal
import socket
import sys
from typing import Any

import pytest

import sim
from sim.machine.accounts import Account
from sim.stdlib.kernel import asyncio_loop

BASE: Any = importlib.import_module("asyncio.base_events")
SELECTOR: Any = importlib.import_module("asyncio.selector_events")


@pytest.fixture
def kernel():
    return sim.Kernel()


@pytest.fixture
def loop(kernel):
    loop = asyncio_loop(kernel)
    yield loop
    loop.close()


def run(kernel, coroutine):
    return kernel.asyncio.run(coroutine)


# -- asyncio's own code ----------------------------------------------------------------------------


def test_the_loop_is_asyncio_s_own_code(loop):
    theirs = {
        **vars(BASE.BaseEventLoop),
        **vars(SELECTOR.BaseSelectorEventLoop),
        **vars(SELECTOR._SelectorSocketTransport),
    }
    package = loop.kernel.asyncio
    copies = {
        **vars(package.base_events.BaseEventLoop),
        **vars(package.selector_events.BaseSelectorEventLoop),
        **vars(package.selector_events._SelectorSocketTransport),
    }
    functions = {name for name, value in theirs.items() if inspect.isfunction(value)}
    assert len(functions) > 100
    for name in functions:
        assert copies[name].__code__ == theirs[name].__code__, name
        assert copies[name] is not theirs[name]


def test_its_modules_are_the_kernel_s(loop, kernel):
    package = kernel.asyncio
    assert package.selector_events.socket is kernel.socket
    assert package.base_events.time is kernel.time
    assert package.selectors.select is kernel.select.on_linux
    assert SELECTOR.socket is socket
    assert not any(module is package.base_events for module in sys.modules.values())


def test_each_kernel_has_a_package_of_its_own(kernel):
    other = sim.Kernel()
    assert other.asyncio.base_events is not kernel.asyncio.base_events
    assert kernel.asyncio is kernel.asyncio


def test_the_rest_of_the_package_is_the_interpreter_s(kernel):
    for name in ("Future", "Queue", "StreamReader", "CancelledError", "gather", "sleep", "TaskGroup"):
        assert getattr(kernel.asyncio, name) is getattr(asyncio, name)
    assert kernel.asyncio.run is not asyncio.run
    assert {"run", "sleep", "new_event_loop"} <= set(dir(kernel.asyncio))


def test_the_host_s_policy_is_left_alone(kernel):
    policy: Any = asyncio.get_event_loop_policy() if sys.version_info < (3, 14) else None
    before = vars(policy._local).copy() if policy else None

    async def current():
        return asyncio.get_running_loop() is kernel.asyncio.get_event_loop()

    assert run(kernel, current())
    if policy:
        assert vars(policy._local) == before


def test_the_current_loop(kernel):
    loop = kernel.asyncio.get_event_loop()
    assert kernel.asyncio.get_event_loop() is loop
    loop.close()
    kernel.asyncio.set_event_loop(None)
    other = kernel.asyncio.get_event_loop()
    assert other is not loop
    other.close()


# -- time ------------------------------------------------------------------------------------------


def test_an_hour_of_sleeps_passes_at_once(kernel):
    async def hour():
        for _ in range(60):
            await asyncio.sleep(60)
        return asyncio.get_running_loop().time()

    assert run(kernel, hour()) == pytest.approx(3600, abs=0.1)


def test_turns_and_callbacks_have_their_price(kernel):
    async def nothing():
        for _ in range(100):
            await asyncio.sleep(0)

    spent_before, _ = kernel.totals()
    loop: Any = asyncio_loop(kernel)
    loop.run_until_complete(nothing())
    spent, _ = kernel.totals()
    costs = kernel.costs
    clock_ns = 25 * (loop.turns + 1)  # each turn reads the clock once, for its timers
    assert spent[Account.LOOP] == loop.turns * costs.loop_turn_ns
    assert spent[Account.CALLBACK] == loop.callbacks * costs.loop_callback_ns
    assert 0 <= spent[Account.APPLICATION] - spent_before[Account.APPLICATION] <= clock_ns
    assert (loop.turns, loop.callbacks) == (102, 102)
    loop.close()


def test_a_wait_that_nothing_can_end_is_a_deadlock_with_its_line(kernel):
    async def stuck():
        await asyncio.Event().wait()

    line = inspect.getsourcelines(stuck)[1] + 1
    with pytest.raises(sim.Deadlock, match=rf"suspended: Task-1 at test_asyncio_loop\.py:{line} in "):
        run(kernel, stuck())


def test_the_journal_does_not_grow_for_ever(kernel):
    kernel.journal.kept = 100

    async def busy():
        here, there = kernel.socket.socketpair()
        for _ in range(300):
            here.send(b"x")
            there.recv(1)
            await asyncio.sleep(0)
        here.close()
        there.close()

    run(kernel, busy())
    assert len(kernel.journal.records) < 250
    assert kernel.journal.made > len(kernel.journal.records)


# -- order -----------------------------------------------------------------------------------------


def test_tasks_are_numbered_for_each_loop(kernel):
    async def names():
        tasks = [asyncio.create_task(asyncio.sleep(0)) for _ in range(3)]
        named = asyncio.create_task(asyncio.sleep(0), name="mine")
        found = [task.get_name() for task in (kernel.asyncio.current_task(), *tasks, named)]
        await asyncio.wait([*tasks, named])
        return found

    expected = ["Task-1", "Task-2", "Task-3", "Task-4", "mine"]
    assert run(kernel, names()) == expected
    assert run(sim.Kernel(), names()) == expected


def test_tasks_left_over_are_cancelled_in_their_order(kernel):
    seen = []

    async def left(name):
        try:
            await asyncio.sleep(3600)
        finally:
            seen.append(name)

    async def leaves_many():
        kept.extend(asyncio.create_task(left(number)) for number in range(50))
        await asyncio.sleep(0)

    kept: list[asyncio.Task] = []
    run(kernel, leaves_many())
    assert seen == list(range(50))


# -- threads ---------------------------------------------------------------------------------------


def test_threads_wait_beside_the_loop_five_at_a_time(kernel):
    async def sleepers():
        pause = kernel.time.sleep
        await asyncio.gather(*(asyncio.to_thread(pause, 1) for _ in range(10)))
        return kernel.time.monotonic()

    assert run(kernel, sleepers()) == pytest.approx(2, abs=0.01)


def test_a_pool_of_the_kernel_s(kernel):
    sleep = kernel.time.sleep
    with kernel.asyncio.thread_pool(2) as pool:
        first, second = pool.submit(sleep, 2), pool.submit(sleep, 1)
        with pytest.raises(concurrent.futures.TimeoutError):
            first.result(0.5)
        assert second.exception() is None
        assert kernel.time.monotonic() == pytest.approx(1, abs=0.01)
        assert list(pool.map(lambda x: x * 2, (1, 2, 3))) == [2, 4, 6]
    with pytest.raises(RuntimeError):
        pool.submit(sleep, 1)
    assert kernel.time.monotonic() == pytest.approx(2, abs=0.01)


def test_an_executor_of_the_host_s_is_refused(loop):
    refused = pytest.raises(NotImplementedError, match="ThreadPoolExecutor of the host is left out")
    with concurrent.futures.ThreadPoolExecutor(1) as pool, refused:
        loop.run_in_executor(pool, print)


# -- left out --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "call"),
    [
        ("signal 2", lambda loop: loop.add_signal_handler(signal.SIGINT, print)),
        ("subprocess", lambda loop: loop.subprocess_exec(asyncio.SubprocessProtocol, "true")),
        ("subprocess", lambda loop: loop.subprocess_shell(asyncio.SubprocessProtocol, "true")),
        ("pipe", lambda loop: loop.connect_read_pipe(asyncio.Protocol, None)),
        ("pipe", lambda loop: loop.connect_write_pipe(asyncio.Protocol, None)),
        ("datagram", lambda loop: loop.create_datagram_endpoint(asyncio.DatagramProtocol)),
        ("UNIX socket", lambda loop: loop.create_unix_server(asyncio.Protocol, "/name")),
        ("UNIX socket", lambda loop: loop.create_unix_connection(asyncio.Protocol, "/name")),
    ],
)
def test_features_that_are_left_out_raise_an_error_that_says_so(loop, what, call):
    async def ask():
        answer = call(loop)
        if inspect.isawaitable(answer):
            await answer

    with pytest.raises(NotImplementedError, match=f"{what}.* left out of the simulated kernel"):
        loop.run_until_complete(ask())
    assert loop.remove_signal_handler(signal.SIGINT) is False


def test_ctrl_c_stays_what_it_is(kernel):
    async def handler():
        return signal.getsignal(signal.SIGINT)

    before = signal.getsignal(signal.SIGINT)
    assert run(kernel, handler()) is before


def test_a_loop_opens_and_closes_three_descriptors(kernel):
    loop = asyncio_loop(kernel)
    assert sorted(kernel.table.files) == [3, 4, 5]
    loop.close()
    assert kernel.table.files == {}
