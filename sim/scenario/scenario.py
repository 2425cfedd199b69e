"""The settings of a race: the number of descriptors, the number of busy ones, and the clients' behaviour.

A scenario is a value. Two races with equal scenarios and equal changes give equal bytes. It has a short
string form (``n=10000 active=3 seed=7 lanes=select|epoll``) that leaves out defaults, so that it can be
passed on.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from decimal import Decimal

from sim.scenario.faults import FAULTS, SLOW_READER
from sim.scenario.lanes import LANES
from sim.scenario.messages import N_
from sim.scenario.units import format_count, parse_count

FDS_LIMIT = 1_000_000
"""Largest number of connections in a race."""
RATE_LIMIT = 1_000_000
"""Largest number of requests per second. One simulated core cannot answer as many."""
BUFFER_LIMIT = 1_048_576
"""Largest buffer of a server. No read takes more than a full receive buffer, an eighth of this."""
LADDER = (
    16,
    64,
    256,
    1_000,
    1_024,
    2_000,
    5_000,
    10_000,
    20_000,
    50_000,
    100_000,
    200_000,
    500_000,
    1_000_000,
)
"""The numbers of descriptors that the keys of the race screen step through."""


class ScenarioError(ValueError):
    """A setting that is not valid. The message names the setting, and says what to do."""


@dataclass(frozen=True, slots=True)
class Share:
    """A share of all descriptors, in hundredths of a per cent (1 % = 100)."""

    basis_points: int

    def of(self, total: int) -> int:
        """This share of ``total``, rounded down, but at least 1."""
        return max(1, total * self.basis_points // 10_000)

    def __str__(self) -> str:
        return f"{(Decimal(self.basis_points) / 100).normalize():f}%"


Active = int | Share


@dataclass(frozen=True, slots=True)
class Scenario:
    """All settings of a race. Together with the changes made later, they decide every event.

    Raises:
        ScenarioError: a field is out of range or contradicts another one.
    """

    fds: int = 10_000
    """Connections each server holds open (string form: ``n``)."""
    active: Active = 3
    """Connections that send requests: a number, or a share of ``fds``. The others stay silent."""
    rate: int = 20_000
    """Mean number of requests per second, all active connections together; 0 for none."""
    burst: int = 3
    """Requests that arrive at one instant, each on another connection; at most the active ones."""
    payload: int = 64
    """Size of a request in bytes; its answer has the same size."""
    churn: int = 0
    """Connections per second that end and are replaced by new ones."""
    seed: int = 7
    lanes: tuple[str, ...] = ("select", "epoll")
    fd_setsize: bool = False
    """True if ``select`` is limited to 1024 descriptors, as in the C library."""
    fault: str = ""
    """The mistake that is made, a name of :data:`sim.scenario.faults.FAULTS`; empty for none."""
    buffer: int = 65_536
    """Size in bytes of the buffer that the servers read into: what one read can take at most."""

    def __post_init__(self) -> None:
        if not 1 <= self.fds <= FDS_LIMIT:
            raise ScenarioError(f"fds must be 1 to {FDS_LIMIT:,}, not {self.fds:,}")
        if isinstance(self.active, Share):
            if not 1 <= self.active.basis_points <= 10_000:
                raise ScenarioError(f"active must be 0.01% to 100%, not {self.active}")
        elif not 1 <= self.active <= self.fds:
            raise ScenarioError(
                f"active must be 1 to {self.fds:,} (no more than there are fds), not {self.active:,}"
            )
        for name, low, high in (
            ("rate", 0, RATE_LIMIT),
            ("burst", 1, 10_000),
            ("payload", 1, 65_536),
            ("buffer", 1, BUFFER_LIMIT),
            ("churn", 0, 1_000_000),
            ("seed", 0, 2**63 - 1),
        ):
            if not low <= getattr(self, name) <= high:
                raise ScenarioError(f"{name} must be {low:,} to {high:,}, not {getattr(self, name):,}")
        if not self.lanes:
            raise ScenarioError(f"a race needs a lane: {', '.join(LANES)}")
        for lane in self.lanes:
            if lane not in LANES:
                raise ScenarioError(f"there is no lane {lane!r}; choose from {', '.join(LANES)}")
        if len(set(self.lanes)) != len(self.lanes):
            raise ScenarioError("each lane can run once only")
        if self.fault and self.fault not in FAULTS:
            raise ScenarioError(f"there is no fault {self.fault!r}; choose from {', '.join(FAULTS)}")
        unblocked = [name for name in self.lanes if not LANES[name].writes_block]
        if self.fault == SLOW_READER and unblocked:
            raise ScenarioError(
                f"{SLOW_READER} shows how a write blocks, and {unblocked[0]} has none: leave it out"
            )

    @property
    def active_count(self) -> int:
        """Number of connections that send requests."""
        return self.active.of(self.fds) if isinstance(self.active, Share) else self.active

    @property
    def burst_count(self) -> int:
        """Number of requests in a burst, at most one for each active connection."""
        return min(self.burst, self.active_count)

    def with_fds(self, fds: int) -> Scenario:
        """This scenario with another number of descriptors. With fewer than are active, all become active."""
        active = self.active if isinstance(self.active, Share) else min(self.active, fds)
        return replace(self, fds=fds, active=active)

    def __str__(self) -> str:
        """The short form: ``n``, ``active``, ``seed``, ``lanes``, and settings that are not the default."""
        words = [f"n={self.fds}", f"active={self.active}"]
        for name in ("rate", "burst", "payload", "buffer", "churn"):
            if getattr(self, name) != _DEFAULTS[name]:
                words.append(f"{name}={format_count(getattr(self, name))}")
        words.append(f"seed={self.seed}")
        words.append(f"lanes={'|'.join(self.lanes)}")
        if self.fd_setsize:
            words.append("fd_setsize=on")
        if self.fault:
            words.append(f"fault={self.fault}")
        return " ".join(words)


_DEFAULTS = {field.name: field.default for field in fields(Scenario)}


def parse_active(text: str) -> Active:
    """Parse active connections: a number (``3``), a share (``1%``) or ``all``.

    Raises:
        ScenarioError: the text is none of these.
    """
    if text.strip() == "all":
        return Share(10_000)
    if text.strip().endswith("%"):
        digits = text.strip()[:-1]
        try:
            hundredths = Decimal(digits) * 100
            if hundredths != int(hundredths):
                raise ValueError
        except (ArithmeticError, ValueError):
            raise ScenarioError(f"{text!r} is not a share; write it like 1% or 0.25%") from None
        return Share(int(hundredths))
    return _count("active", text)


def parse_lanes(text: str) -> tuple[str, ...]:
    """Split names of lanes at commas or bars."""
    return tuple(name.strip() for name in text.replace("|", ",").split(",") if name.strip())


def parse_switch(name: str, text: str) -> bool:
    """Parse ``on`` or ``off``.

    Raises:
        ScenarioError: the text is neither.
    """
    if text not in ("on", "off"):
        raise ScenarioError(f"{name} is on or off, not {text!r}")
    return text == "on"


def _count(name: str, text: str) -> int:
    try:
        return parse_count(text)
    except ValueError as error:
        raise ScenarioError(f"{name}: {error}") from None


def parse_field(name: str, text: str) -> object:
    """Parse the value of one field.

    Raises:
        ScenarioError: there is no such field, or the text is not a value for it.
    """
    if name == "active":
        return parse_active(text)
    if name == "lanes":
        return parse_lanes(text)
    if name == "fd_setsize":
        return parse_switch(name, text)
    if name == "fault":
        return "" if text == "none" else text
    if name in ("fds", "rate", "burst", "payload", "buffer", "churn", "seed"):
        return _count(name, text)
    raise ScenarioError(
        f"there is no setting {name!r}; there are "
        "n, active, rate, burst, payload, buffer, churn, seed, lanes, fd_setsize, fault"
    )


def parse_settings(text: str) -> dict[str, object]:
    """Parse a scenario's string form into the values of the fields that it names.

    Raises:
        ScenarioError: a word is not ``name=value``, a name is unknown or given twice, or a value is not
        valid.
    """
    settings: dict[str, object] = {}
    for word in text.split():
        name, equals, value = word.partition("=")
        if not equals:
            raise ScenarioError(f"{word!r} is not a setting; write it like n=10000 or lanes=select|epoll")
        name = "fds" if name == "n" else name
        if name in settings:
            raise ScenarioError(f"{name} is given twice")
        settings[name] = parse_field(name, value)
    return settings


def parse_scenario(text: str) -> Scenario:
    """Parse a scenario from its string form.

    Raises:
        ScenarioError: as :func:`parse_settings`, or a value is out of range.
    """
    return replace(Scenario(), **parse_settings(text))  # type: ignore[arg-type]


PRESETS: dict[str, tuple[str, Scenario]] = {
    "c10k": (N_("10,000 connections, 3 busy: Kegel's question of 1999"), Scenario()),
    "first-benchmark": (
        N_("2,000 descriptors: where this is usually measured first"),
        Scenario(fds=2_000),
    ),
    "all-active": (
        N_("everyone talks at once: epoll's lead shrinks"),
        Scenario(fds=10_000, active=Share(10_000), rate=200_000, burst=1_000),
    ),
    "churn": (
        N_("connections come and go: epoll_ctl shows up"),
        Scenario(fds=2_000, active=Share(1_000), rate=20_000, churn=10_000),
    ),
    "small": (N_("16 descriptors: nobody needs epoll yet"), Scenario(fds=16)),
    "threads-well": (
        N_("few connections, all of them busy: with warm caches, a thread each waits for less than epoll"),
        Scenario(fds=16, active=Share(10_000), burst=1, lanes=("thread", "epoll")),
    ),
    "c10k-1999": (
        N_("a process each, a thread each, select; and epoll, which came later"),
        Scenario(active=Share(1_000), burst=20, lanes=("process", "thread", "select", "epoll")),
    ),
}
"""By name: a short description, and the scenario. A preset that names lanes is about these lanes."""
