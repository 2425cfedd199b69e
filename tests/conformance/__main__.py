"""The conformance report: the number of cases in each group, and the number with equal results.

    python -m tests.conformance

A group is a topic of cases, run on the host's kernel and on the simulated one. The last lines are the
interpreter's own tests, run on the simulated kernel alone. The exit code is 1 if any result differed.
"""

from __future__ import annotations

import platform
import sys
import time
from collections import Counter

from tests.conformance.cases import Case, load_all
from tests.conformance.world import attempt, on_host, simulated
from tests.cpython import suite
from tests.cpython.left_out import OTHER_SYSTEM, reason

ROW = "{:<24}{:>7}{:>9}{:>10}{:>11}"


def _equal(case: Case) -> bool:
    return bool(attempt(simulated, case.see) == attempt(on_host, case.see))


def _cases() -> list[str]:
    """Run all cases and print a line for each group. Returns the cases that differed."""
    cases, differed = load_all(), []
    groups = Counter(case.topic for case in cases)
    for topic in sorted(groups):
        here = [case for case in cases if case.topic == topic and case.left_out is None]
        wrong = [case.name for case in here if not _equal(case)]
        differed += [f"{topic[5:]}-{name}" for name in wrong]
        counts = len(here) - len(wrong), len(wrong), groups[topic] - len(here)
        _row(topic[5:].replace("_", " "), groups[topic], *counts)
    reasons = [case.left_out for case in cases if case.left_out is not None]
    _row("all groups", len(cases), len(cases) - len(differed) - len(reasons), len(differed), len(reasons))
    for why in reasons:
        print(f"  left out: {why}")
    return differed


def _row(*cells: object) -> None:
    print(ROW.format(*cells), flush=True)


def _interpreter_suite() -> list[str]:
    """Run the interpreter's own tests and print a line for each module. Returns the modules that failed."""
    if not suite.installed():
        print(suite.MISSING)
        return ["the interpreter's own tests"]
    failed = []
    names = [name for name in suite.names() if reason(name) != OTHER_SYSTEM]
    for module in suite.MODULES:
        mine = [name for name in names if name.startswith(f"{module}.")]
        run = [name for name in mine if reason(name) is None]
        wrong = [name for name in run if not _passes(name)]
        failed += wrong
        _row(module, len(run), len(run) - len(wrong), len(wrong), len(mine) - len(run))
    for why, count in Counter(filter(None, map(reason, names))).items():
        print(f"  left out, {count}: {why}")
    return failed


def _passes(name: str) -> bool:
    result = suite.run(name)
    return result.wasSuccessful() and not result.skipped


def main() -> int:
    start = time.monotonic()
    print(f"Linux {platform.release()}, Python {platform.python_version()}\n")
    _row("group", "cases", "equal", "differ", "left out")
    differed = _cases()
    print()
    _row("the interpreter's own", "run", "pass", "fail", "left out")
    differed += _interpreter_suite()
    print(f"\nWhat the model leaves out: docs/model.md. {time.monotonic() - start:.0f} s.")
    for name in differed:
        print(f"differs: {name}", file=sys.stderr)
    return 1 if differed else 0


if __name__ == "__main__":
    sys.exit(main())
