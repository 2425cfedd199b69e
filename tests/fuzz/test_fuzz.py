"""Random programs on both kernels; and kernels with deliberate errors, which the programs must detect."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sim.kernel import poll_bits
from sim.kernel.files.inet import TcpSocket
from sim.kernel.waiting.epoll.epoll_file import Item
from tests.fuzz.differences import Difference, replay, smallest
from tests.fuzz.machine import Machine
from tests.fuzz.rounds import play
from tests.fuzz.sides import Line

ROOT = Path(__file__).parents[2]
PROGRAMS = 80


def open_numbers() -> set[str]:
    return {name for name in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{name}")}


def test_random_programs_see_the_same_on_both_kernels() -> None:
    before, steps = open_numbers(), Machine.steps
    try:
        play(PROGRAMS)
    except Difference as found:
        pytest.fail(smallest(found).script(), pytrace=False)
    assert Machine.steps - steps > 20 * PROGRAMS
    assert open_numbers() == before


def reported_again(self: Item) -> None:
    """Edge-triggered items go back to the ready list."""
    self.epoll.ready.append(self)


def changed_in_silence(self: TcpSocket) -> None:
    """A connection that changes its state wakes no waiter."""
    self.update_mask()


def never_hung_up(self: TcpSocket) -> None:
    """A TCP socket never reports HUP."""
    mask = poll_bits.OUT | poll_bits.WRNORM
    if self.received or self.read_shut:
        mask |= poll_bits.IN | poll_bits.RDNORM
    self.set_mask(mask)


WRONG: list[tuple[type, str, Callable[..., None]]] = [
    (Item, "reported", reported_again),
    (TcpSocket, "_changed", changed_in_silence),
    (TcpSocket, "update_mask", never_hung_up),
]


@pytest.mark.parametrize(("where", "name", "wrong"), WRONG)
def test_a_wrong_kernel_is_found_out(
    where: type, name: str, wrong: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(where, name, wrong)
    with pytest.raises(Difference) as found:
        play(4 * PROGRAMS)
    small = smallest(found.value)
    assert len(small.lines) <= 12
    host, simulated = small.outcomes[-1]
    assert host != simulated
    assert all(one == other for one, other in small.outcomes[:-1])
    assert f"# host:      {host}\n    # simulated: {simulated}\n" in small.script()

    monkeypatch.undo()
    assert replay(small.lines) is None
    script = tmp_path / "found.py"
    script.write_text(small.script())
    ran = subprocess.run(
        [sys.executable, script], env={"PYTHONPATH": str(ROOT)}, check=True, capture_output=True, text=True
    )
    assert [line.split(":")[0] for line in ran.stdout.splitlines()] == ["host", "simulated"]


def test_a_program_that_uses_what_no_line_set_is_no_difference() -> None:
    assert replay([Line((), "v0.recv(1)")]) is None


def test_wrong_arguments_are_one_line_and_exit_code_2() -> None:
    for given in (["none"], ["0"], []):
        command = [sys.executable, "-m", "tests.fuzz", *given]
        ran = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
        assert (ran.returncode, ran.stdout) == (2, "")
        assert len(ran.stderr.splitlines()) == 1
