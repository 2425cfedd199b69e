"""The kernel's core: the notifications of a closed descriptor, and the life of a file that a call holds."""

from __future__ import annotations

import pytest

from sim.kernel.core import KernelCore
from sim.kernel.files.eventfd import EventFd
from sim.kernel.open_file import OpenFile
from sim.machine.costs import BUILT_IN


class Recorder:
    """A close watcher that stores its notifications, and charges for them."""

    def __init__(self, cost_ns: int) -> None:
        self.cost_ns = cost_ns
        self.heard: list[tuple[OpenFile, int, list[int]]] = []

    def number_closed(self, file: OpenFile, fd: int) -> int:
        self.heard.append((file, fd, list(file.numbers)))
        return self.cost_ns


class Counter(EventFd):
    """A file that counts its releases."""

    __slots__ = ("releases",)

    def released(self) -> None:
        self.releases = getattr(self, "releases", 0) + 1


@pytest.fixture
def kernel() -> KernelCore:
    return KernelCore(BUILT_IN)


def opened(kernel: KernelCore) -> tuple[Counter, int]:
    file = Counter(kernel, 0, semaphore=False)
    return file, kernel.table.install(file)


def test_every_close_watcher_is_notified_and_their_costs_add_up(kernel):
    first, second = Recorder(30), Recorder(12)
    kernel.close_watchers += [first, second]
    file, fd = opened(kernel)
    twin = kernel.table.install(file)
    assert kernel.close_number(fd) == 42
    assert first.heard == second.heard == [(file, fd, [twin])]
    assert kernel.close_number(twin) == 42
    assert first.heard[1:] == [(file, twin, [])]


def test_a_file_is_released_with_its_last_number(kernel):
    file, fd = opened(kernel)
    twin = kernel.table.install(file)
    kernel.close_number(fd)
    assert not hasattr(file, "releases")
    kernel.close_number(twin)
    assert file.releases == 1


def test_a_file_that_a_call_holds_is_released_when_the_call_is_over(kernel):
    file, fd = opened(kernel)
    with kernel.holding(file):
        with kernel.holding(file):
            kernel.close_number(fd)
        assert not hasattr(file, "releases")
    assert (file.holds, file.releases) == (0, 1)
