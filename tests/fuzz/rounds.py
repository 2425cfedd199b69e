"""A round: a number of random programs, drawn by Hypothesis."""

from __future__ import annotations

import hypothesis
from hypothesis import HealthCheck, Phase, settings
from hypothesis.errors import Flaky
from hypothesis.stateful import run_state_machine_as_test

from tests.fuzz.machine import Machine
from tests.fuzz.programs import Programs
from tests.fuzz.sides import Worlds

STEPS_PER_PROGRAM = 60
"""Number of rules that make a program; most rules add one line, some several."""


def play(programs: int, seed: int | None = None) -> None:
    """Run a round.

    Args:
        programs: Number of programs.
        seed: Seed of the random programs; None for the same programs each time.

    Raises:
        Difference: the kernels differ. The program is not reduced yet:
            :func:`tests.fuzz.differences.smallest` does this better than Hypothesis, because it knows the
            lines.
    """

    class Round(Programs):
        """The program's rules, with this round's seed."""

    machine = Round if seed is None else hypothesis.seed(seed)(Round)
    chosen = settings(
        max_examples=programs,
        stateful_step_count=STEPS_PER_PROGRAM,
        derandomize=seed is None,
        phases=(Phase.generate,),
        report_multiple_bugs=False,
        print_blob=False,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    try:
        run_state_machine_as_test(machine, settings=chosen)
    except Flaky:
        Machine.unsteady += 1
    finally:
        Worlds.give_back()
