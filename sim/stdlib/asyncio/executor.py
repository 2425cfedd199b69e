"""``run_in_executor`` and ``to_thread``: blocking functions run in the kernel's simulated threads.

asyncio gives a function that blocks to a thread, so that its loop need not wait. Here the thread is a
simulated one (:mod:`sim.stdlib.threading`): it runs while the loop waits in ``epoll_wait``, one thread at a
time, so the same program runs the same way every time. A pool has at most five threads, as Python's pool
has on a machine with one CPU.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator
from concurrent.futures import Executor, Future
from typing import TYPE_CHECKING, Any

from sim.stdlib.durations import duration_ns

if TYPE_CHECKING:
    from sim.stdlib.process import SimulatedProcess
    from sim.stdlib.threading import ThreadingModule, ThreadObject

WORKERS = 5
"""``min(32, cpu_count + 4)``, for one CPU."""


class PoolFuture(Future[Any]):
    """The future of a submitted function; a caller that waits for it waits as a simulated thread."""

    def __init__(self, pool: ThreadPool) -> None:
        super().__init__()
        self._pool = pool

    def result(self, timeout: float | None = None) -> Any:
        """The function's result, or the error that it raised.

        Args:
            timeout: virtual seconds to wait at most; None waits without a limit.

        Raises:
            TimeoutError: the function takes longer.
        """
        self._pool.wait_for(self, timeout)
        return super().result(0)

    def exception(self, timeout: float | None = None) -> BaseException | None:
        """The error that the function raised, or None."""
        self._pool.wait_for(self, timeout)
        return super().exception(0)


class ThreadPool(Executor):
    """``concurrent.futures.ThreadPoolExecutor``; each kernel has a class of its own."""

    _process: SimulatedProcess
    _threading: ThreadingModule

    @staticmethod
    def on(process: SimulatedProcess, threading_module: ThreadingModule) -> type[ThreadPool]:
        """The class for one process."""
        names = {"_process": process, "_threading": threading_module}
        return type("ThreadPoolExecutor", (ThreadPool,), names)

    def __init__(
        self,
        max_workers: int | None = None,
        thread_name_prefix: str = "",
        initializer: Callable[..., object] | None = None,
        initargs: tuple[Any, ...] = (),
    ) -> None:
        if max_workers is not None and max_workers <= 0:
            raise ValueError("max_workers must be greater than 0")
        self._most = max_workers or WORKERS
        self._prefix = thread_name_prefix or "ThreadPoolExecutor"
        self._prepare = (initializer or (lambda: None), initargs)
        self._waiting: deque[tuple[PoolFuture, Callable[[], Any]]] = deque()
        self._threads: list[ThreadObject] = []
        self._started = 0
        self._closed = False

    def submit(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> PoolFuture:
        """Schedule a call of the function in a thread.

        Raises:
            RuntimeError: the pool was shut down.
        """
        if self._closed:
            raise RuntimeError("cannot schedule new futures after shutdown")
        future = PoolFuture(self)
        self._waiting.append((future, lambda: function(*args, **kwargs)))
        if len(self._threads) < self._most:
            name = f"{self._prefix}_{self._started}"
            self._started += 1
            thread = self._threading.Thread(target=self._work, name=name)
            self._threads.append(thread)
            thread.start()
        return future

    def _work(self) -> None:
        """The body of one thread: make the waiting calls, one after the other, until none is left."""
        initializer, initargs = self._prepare
        initializer(*initargs)
        while self._waiting:
            future, call = self._waiting.popleft()
            if not future.set_running_or_notify_cancel():
                continue
            try:
                result = call()
            except BaseException as error:
                future.set_exception(error)
            else:
                future.set_result(result)
        self._threads.remove(self._threading.current_thread())

    def wait_for(self, future: PoolFuture, timeout_s: float | None) -> None:
        """Let the threads run until a future is done.

        Args:
            future: one of this pool's.
            timeout_s: virtual seconds to wait at most; None waits without a limit.
        """
        limit_ns = None if timeout_s is None else max(0, duration_ns(timeout_s))
        self._process.wait(self._until_done(future, limit_ns), lambda: "Future.result")

    def _until_done(self, future: PoolFuture, limit_ns: int | None) -> Generator[None, None, None]:
        kernel = self._process.kernel
        if future.done() or limit_ns == 0:
            return
        task = kernel.block()

        def wake(_: object = None) -> None:
            kernel.book_idle()
            if task.blocked:
                kernel.wake(task)

        future.add_done_callback(wake)
        timer = None if limit_ns is None else kernel.timers.set(kernel.now_ns + limit_ns, wake)
        kernel.pay_switch()
        yield
        if timer is not None:
            kernel.timers.cancel(timer)
        kernel.pay_switch()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Refuse further calls.

        Args:
            wait: wait for the calls that were accepted.
            cancel_futures: cancel the calls that have not begun.
        """
        self._closed = True
        while cancel_futures and self._waiting:
            self._waiting.popleft()[0].cancel()
        while wait and self._threads:
            self._threads[0].join()
