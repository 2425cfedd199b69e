"""A difference between the kernels: confirmed, reduced, and written as a script.

Loopback is synchronous, but a busy machine may delay its softirqs. So a difference counts only if the same
lines show it again. Then every line that the difference does not need is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tests.fuzz.sides import HELPERS, Line, Worlds

_SCRIPT = '''"""The simulated kernel and this machine's differ in the last line."""


def program(world):
    select, socket, os, time = world.select, world.socket, world.os, world.time
    HOST = "127.0.0.1"
{helpers}    seen = []

    def see(call):
        try:
            seen.append(call())
        except (OSError, ValueError, KeyError, TypeError) as error:
            seen.append((type(error).__name__, getattr(error, "errno", None)))

{lines}
    # host:      {host}
    # simulated: {simulated}
    return seen


if __name__ == "__main__":
    import sim
    from tests.conformance.world import Host

    print("host:     ", program(Host))
    print("simulated:", program(sim.Kernel()))
'''


class Difference(AssertionError):
    """The two kernels differ in a program's last line."""

    def __init__(self, lines: Sequence[Line], outcomes: Sequence[tuple[str, str]]) -> None:
        self.lines = list(lines)
        self.outcomes = list(outcomes)
        super().__init__("\n" + self.script())

    def script(self) -> str:
        """The program as a script that can be run."""
        host, simulated = self.outcomes[-1]
        whole = " ".join(line.expression for line in self.lines)
        helpers = [source for name, source in HELPERS.items() if f"{name}(" in whole]
        return _SCRIPT.format(
            helpers=_indented("".join(f"{helper}\n" for helper in helpers)),
            lines=_indented("\n".join(map(_statement, self.lines, self.outcomes))),
            host=host,
            simulated=simulated,
        )


def _statement(line: Line, outcome: tuple[str, str]) -> str:
    """A line of the script: an assignment as it is, any other expression inside ``see``."""
    if line.targets and " is " in outcome[0]:
        return line.source
    said = outcome[0] if outcome[0] == outcome[1] else "?"
    return f"see(lambda: {line.expression})  # {said}"


def _indented(source: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in source.splitlines())


def replay(lines: Sequence[Line]) -> Difference | None:
    """Run a program again.

    Returns:
        The first difference; None if there is none, or if a line uses a variable that no line set.
    """
    worlds = Worlds()
    outcomes = []
    try:
        for count, line in enumerate(lines, 1):
            outcomes.append(worlds.run(line))
            if len(set(outcomes[-1])) > 1:
                return Difference(lines[:count], outcomes)
    except NameError:
        return None
    finally:
        worlds.close()
    return None


def certain(lines: Sequence[Line], times: int = 2) -> Difference | None:
    """Like :func:`replay`, but a difference counts only if it appears ``times`` times in a row; else None."""
    found = replay(lines)
    for _ in range(times - 1):
        again = replay(lines)
        if found is None or again is None or again.outcomes != found.outcomes:
            return None
    return found


def smallest(difference: Difference) -> Difference:
    """The same difference without the lines and the bits of masks that it does not need."""
    found, size = difference, 0
    while size != len(found.script()):
        size = len(found.script())
        for shorter in _shorter(found):
            found = shorter
    return found


def _shorter(found: Difference) -> Iterator[Difference]:
    """Shorter and shorter versions, each made from the one before."""
    for position in reversed(range(len(found.lines))):
        if position < len(found.lines):
            without = found.lines[:position] + found.lines[position + 1 :]
            shorter = certain(_set_only_once_needed(without))
            if shorter is not None:
                found = shorter
                yield found
    for position in range(len(found.lines)):
        for bit in (r"select\.\w+ \| ", r" \| select\.\w+"):
            simpler = list(found.lines)
            line = simpler[position]
            simpler[position] = line._replace(expression=re.sub(bit, "", line.expression, count=1))
            shorter = certain(simpler) if simpler != found.lines else None
            if shorter is not None and len(shorter.lines) == len(found.lines):
                found = shorter
                yield found


def _set_only_once_needed(lines: list[Line]) -> list[Line]:
    """The lines whose variables are all set by earlier lines."""
    known: set[str] = set()
    kept = []
    for line in lines:
        if set(re.findall(r"\bv\d+\b", line.expression)) <= known:
            known |= set(line.targets)
            kept.append(line)
    return kept
