"""Where blocking functions run: ``run_in_executor`` and ``to_thread`` on the kernel's simulated threads.

asyncio hands a function that blocks to a thread, so that its loop need not wait for it. Here the thread
is a simulated one (:mod:`sim.stdlib.threading`): it runs while the loop waits in ``epoll_wait``, one
thread at a time, so the same program runs the same way every time. A pool has five of them, which is
what Python gives a machine with one CPU.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator
from concurrent.futures import Executor, Future
from typing import TYPE_CHECKING, Any

from sim.stdlib.arguments import duration_ns

if TYPE_CHECKING:
    from sim.stdlib.kernel import Kernel
    from sim.stdlib.threading import ThreadObject

WORKERS = 5
"""``min(32, cpu_count + 4)``, for one CPU."""


class Outcome(Future[Any]):
    """A function's result to come; who asks for it waits as a simulated thread waits."""

    def __init__(self, pool: ThreadPool) -> None:
        super().__init__()
        self._pool = pool

    def result(self, timeout: float | None = None) -> Any:
        """The result, or the error raised; ``TimeoutError`` if it takes longer."""
        self._pool.wait_for(self, timeout)
        return super().result(0)

    def exception(self, timeout: float | None = None) -> BaseException | None:
        """The error, or None."""
        self._pool.wait_for(self, timeout)
        return super().exception(0)


class ThreadPool(Executor):
    """Stands where ``concurrent.futures.ThreadPoolExecutor`` stands; each kernel has a class of its own."""

    kernel: Kernel

    @staticmethod
    def on(kernel: Kernel) -> type[ThreadPool]:
        """The class for one kernel's programs."""
        return type("ThreadPoolExecutor", (ThreadPool,), {"kernel": kernel})

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
        self._waiting: deque[tuple[Outcome, Callable[[], Any]]] = deque()
        self._threads: list[ThreadObject] = []
        self._started = 0
        self._closed = False

    def submit(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Outcome:
        """Have a thread call it.

        Raises:
            RuntimeError: the pool was shut down.
        """
        if self._closed:
            raise RuntimeError("cannot schedule new futures after shutdown")
        outcome = Outcome(self)
        self._waiting.append((outcome, lambda: function(*args, **kwargs)))
        if len(self._threads) < self._most:
            name = f"{self._prefix}_{self._started}"
            self._started += 1
            thread = self.kernel.threading.Thread(target=self._work, name=name)
            self._threads.append(thread)
            thread.start()
        return outcome

    def _work(self) -> None:
        """One thread: call what waits, one after the other, until nothing waits."""
        initializer, initargs = self._prepare
        initializer(*initargs)
        while self._waiting:
            outcome, call = self._waiting.popleft()
            if not outcome.set_running_or_notify_cancel():
                continue
            try:
                result = call()
            except BaseException as error:
                outcome.set_exception(error)
            else:
                outcome.set_result(result)
        self._threads.remove(self.kernel.threading.current_thread())

    def wait_for(self, outcome: Outcome, timeout_s: float | None) -> None:
        """Let the threads run until a result is there, so many virtual seconds at most."""
        limit_ns = None if timeout_s is None else max(0, duration_ns(timeout_s))
        self.kernel._process.wait(self._until_done(outcome, limit_ns), lambda: "Future.result")

    def _until_done(self, outcome: Outcome, limit_ns: int | None) -> Generator[None, None, None]:
        kernel = self.kernel
        if outcome.done() or limit_ns == 0:
            return
        task = kernel.block()

        def wake(_: object = None) -> None:
            kernel.catch_up()
            if task.blocked:
                kernel.wake(task)

        outcome.add_done_callback(wake)
        timer = None if limit_ns is None else kernel.timers.set(kernel.now_ns + limit_ns, wake)
        kernel.pay_switch()
        yield
        if timer is not None:
            kernel.timers.cancel(timer)
        kernel.pay_switch()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more; wait for what is under way, or drop what has not begun."""
        self._closed = True
        while cancel_futures and self._waiting:
            self._waiting.popleft()[0].cancel()
        while wait and self._threads:
            self._threads[0].join()
