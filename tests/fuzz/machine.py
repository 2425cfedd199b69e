"""Random programs: their variables and lines, and the run of a step on both sides.

The state machine keeps a list of the variables of each kind. A rule chooses variables, the most recent first,
and writes a line. Lines run on the simulated kernel while the program grows, because the possible next lines
depend on their results. Then the whole program runs on both sides without a pause, so that nothing that takes
time (a delayed ACK: 40 ms) happens between two lines.

The programs leave out everything that Linux does not determine: full TCP buffers (their size changes
automatically, so a program sends less than fits), a socket that connects to itself, urgent data between UNIX
sockets, the time of the ACK of a FIN (the program waits for it), anything that takes time, and blocking calls
(every open file is non-blocking).
"""

from __future__ import annotations

from typing import ClassVar, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine

import sim
from tests.fuzz.differences import certain, replay
from tests.fuzz.sides import FIRST, HOST, Line, Side

BITS = ("IN", "OUT", "RDHUP", "PRI", "ERR", "HUP", "RDNORM", "WRNORM", "WRBAND")
Picked = TypeVar("Picked")
MOST_FILES = 12
"""Largest number of variables for descriptors in a program."""
PICK = st.integers(0, 7)
"""Index of a variable of one kind, counted from the latest."""


def masks(prefix: str, *flags: str) -> st.SearchStrategy[str]:
    """A mask of poll bits, with a few of the flags, as an expression."""
    usual = st.sampled_from([["IN"], ["IN"], ["OUT"], ["IN", "OUT"], ["IN", "OUT"], ["IN", "RDHUP"], []])
    unusual = st.lists(st.sampled_from(BITS), max_size=3)
    extra = st.lists(st.sampled_from(["", *flags]), max_size=2) if flags else st.just([])
    return st.builds(
        lambda these, those: " | ".join(f"select.{prefix}{name}" for name in _unlike(these, those)) or "0",
        st.one_of(usual, usual, unusual),
        extra,
    )


def _unlike(*lists: list[str]) -> list[str]:
    return list(dict.fromkeys(name for names in lists for name in names if name))


class Machine(RuleBasedStateMachine):
    """A growing program."""

    steps: ClassVar[int] = 0
    programs: ClassVar[int] = 0
    unsteady: ClassVar[int] = 0
    """Number of differences that did not appear again when the same lines were repeated."""

    def __init__(self) -> None:
        super().__init__()
        Machine.programs += 1
        self.simulated = Side(sim.Kernel(), FIRST, HOST)
        self.lines: list[Line] = []
        self.files: list[str] = []
        """Variables of all objects and numbers with a descriptor."""
        self.sockets: list[str] = []
        self.tcp: list[str] = []
        self.epolls: list[str] = []
        self.polls: list[str] = []
        self.listeners: list[str] = []
        self.addresses: list[str] = []
        self.watched: list[tuple[str, str]] = []
        """Pairs of an epoll's variable and a watched variable."""
        self.kinds: dict[int, str] = {}
        """Kind of file behind each descriptor number."""
        self._count = 0
        self.beat = 0
        self.rhythm = 0
        """Number of steps after which the program waits on all epolls; 0 for never."""

    def teardown(self) -> None:
        """Run the whole program on both sides.

        Raises:
            Difference: they differ, and differ again when the program is repeated.
        """
        if replay(self.lines) is None:
            return
        again = certain(self.lines, times=5)
        if again is not None:
            raise again
        Machine.unsteady += 1

    # -- a step ---------------------------------------------------------------------------

    def step(self, expression: str, *targets: str) -> str:
        """Add a line to the program.

        Returns:
            The outcome on the simulated kernel, as text.
        """
        Machine.steps += 1
        line = Line(targets, expression)
        self.lines.append(line)
        return self.simulated.run(line)

    def fresh(self, count: int = 1) -> tuple[str, ...]:
        """Names for variables."""
        self._count += count
        return tuple(f"v{self._count - count + each}" for each in range(count))

    def opened(self, kind: str, expression: str, *lists: list[str], count: int = 1) -> tuple[str, ...]:
        """Run a line that opens descriptors, and keep its variables. Returns an empty tuple if the line
        failed.
        """
        names = self.fresh(count)
        if " is " not in self.step(expression, *names):
            return ()
        for each in (self.files, *lists):
            each.extend(names)
        self.kinds.update((self.simulated.number(name), kind) for name in names)
        return names

    def register(self, epoll: str, name: str, mask: str, *, by_number: bool = False) -> None:
        """Register a descriptor in an epoll."""
        if self.step(f"{epoll}.register({self.number(name) if by_number else name}, {mask})") == "None":
            self.watched.append((epoll, name))

    # -- choosing -------------------------------------------------------------------------

    @staticmethod
    def pick(names: list[Picked], which: int) -> Picked:
        """A variable, counted from the latest."""
        return names[-1 - which % len(names)]

    def number(self, name: str) -> str:
        """The expression for a variable's descriptor."""
        return name if name in self.raw else f"{name}.fileno()"

    @property
    def raw(self) -> set[str]:
        """Variables that hold plain numbers."""
        return set(self.files) - set(self.sockets) - set(self.epolls)

    def kind(self, name: str) -> str:
        """Kind of file behind a variable's descriptor. A closed number can have a new file by now."""
        return self.kinds.get(self.simulated.number(name), "")

    def can_fill(self, name: str) -> bool:
        """True if the size of the file's buffer is known exactly."""
        return self.kind(name) in {"unix", "pipe"}

    @property
    def room(self) -> bool:
        """True if the program may open more descriptors."""
        return len(self.files) < MOST_FILES

    def forget(self, name: str) -> None:
        """Remove a variable from all lists."""
        for names in (self.files, self.sockets, self.tcp, self.listeners, self.epolls):
            if name in names:
                names.remove(name)
        self.watched = [pair for pair in self.watched if name not in pair]
