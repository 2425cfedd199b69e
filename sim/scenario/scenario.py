"""What a race is about: how many descriptors, how busy, how the clients behave.

A scenario is a value: two races with equal scenarios and equal actions give equal bytes. It has
a short string form (``n=10000 active=3 seed=7 lanes=select|epoll``) that leaves out what stands
at its default, so that one can pass it on.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from decimal import Decimal

from sim.scenario.faults import FAULTS, SLOW_READER
from sim.scenario.lanes import LANES
from sim.scenario.units import format_count, parse_count

FDS_LIMIT = 1_000_000
"""Most connections a race can have."""
RATE_LIMIT = 1_000_000
"""Most requests per second: more than one simulated core could ever answer."""
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
"""The rungs that the fds keys climb."""


class ScenarioError(ValueError):
    """Something about a scenario that cannot be; the message says what and what to do."""


@dataclass(frozen=True, slots=True)
class Share:
    """A part of all descriptors, in hundredths of a per cent (1 % = 100)."""

    basis_points: int

    def of(self, total: int) -> int:
        """The share of ``total``, at least one."""
        return max(1, total * self.basis_points // 10_000)

    def __str__(self) -> str:
        return f"{(Decimal(self.basis_points) / 100).normalize():f}%"


Active = int | Share


@dataclass(frozen=True, slots=True)
class Scenario:
    """Everything that decides what happens in a race, but for the user's actions.

    Raises:
        ScenarioError: a field is out of range or contradicts another one.
    """

    fds: int = 10_000
    """Connections each server holds open (string form: ``n``)."""
    active: Active = 3
    """How many of them ever send anything: a number, or a share of ``fds``."""
    rate: int = 20_000
    """Requests per second over all active connections, on average; 0 for silence."""
    burst: int = 3
    """Requests that arrive together, on different connections (never more than are active)."""
    payload: int = 64
    """Bytes in a request, and in its answer."""
    churn: int = 0
    """Connections per second that hang up and are replaced by new ones."""
    seed: int = 7
    lanes: tuple[str, ...] = ("select", "epoll")
    fd_setsize: bool = False
    """Whether ``select`` stops at 1024 descriptors, as the C library's does."""
    fault: str = ""
    """A classic mistake that is made (:data:`sim.scenario.faults.FAULTS`); none if empty."""

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
        """How many connections send requests."""
        return self.active.of(self.fds) if isinstance(self.active, Share) else self.active

    @property
    def burst_count(self) -> int:
        """Requests that really arrive together."""
        return min(self.burst, self.active_count)

    def with_fds(self, fds: int) -> Scenario:
        """The same with another number of descriptors; fewer than are active makes all active."""
        active = self.active if isinstance(self.active, Share) else min(self.active, fds)
        return replace(self, fds=fds, active=active)

    def __str__(self) -> str:
        """The short form: ``n`` and ``seed`` and ``lanes`` always, the rest where it is not the default."""
        words = [f"n={self.fds}", f"active={self.active}"]
        for name in ("rate", "burst", "payload", "churn"):
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
    """Active connections: a number (``3``), a share (``1%``) or ``all``.

    Raises:
        ScenarioError: none of these.
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
    """Lanes, separated by commas or bars."""
    return tuple(name.strip() for name in text.replace("|", ",").split(",") if name.strip())


def parse_switch(name: str, text: str) -> bool:
    """``on`` or ``off``."""
    if text not in ("on", "off"):
        raise ScenarioError(f"{name} is on or off, not {text!r}")
    return text == "on"


def _count(name: str, text: str) -> int:
    try:
        return parse_count(text)
    except ValueError as error:
        raise ScenarioError(f"{name}: {error}") from None


def parse_field(name: str, text: str) -> object:
    """The value of one field from its written form.

    Raises:
        ScenarioError: no such field, or not a value for it.
    """
    if name == "active":
        return parse_active(text)
    if name == "lanes":
        return parse_lanes(text)
    if name == "fd_setsize":
        return parse_switch(name, text)
    if name == "fault":
        return "" if text == "none" else text
    if name in ("fds", "rate", "burst", "payload", "churn", "seed"):
        return _count(name, text)
    raise ScenarioError(
        f"there is no setting {name!r}; there are "
        "n, active, rate, burst, payload, churn, seed, lanes, fd_setsize, fault"
    )


def parse_settings(text: str) -> dict[str, object]:
    """The settings named in a scenario's string form, by field name.

    Raises:
        ScenarioError: a word that is not ``name=value``, an unknown name, or a bad value.
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
    """A scenario from its string form."""
    return replace(Scenario(), **parse_settings(text))  # type: ignore[arg-type]


PRESETS: dict[str, tuple[str, Scenario]] = {
    "c10k": ("10,000 connections, 3 busy: Kegel's question of 1999", Scenario()),
    "first-benchmark": (
        "2,000 descriptors: where this is usually measured first",
        Scenario(fds=2_000),
    ),
    "all-active": (
        "everyone talks at once: epoll's lead shrinks",
        Scenario(fds=10_000, active=Share(10_000), rate=200_000, burst=1_000),
    ),
    "churn": (
        "connections come and go: epoll_ctl shows up",
        Scenario(fds=2_000, active=Share(1_000), rate=20_000, churn=10_000),
    ),
    "small": ("16 descriptors: nobody needs epoll yet", Scenario(fds=16)),
    "threads-well": (
        "few connections, all of them busy: with warm caches, a thread each waits for less than epoll",
        Scenario(fds=16, active=Share(10_000), burst=1, lanes=("thread", "epoll")),
    ),
    "c10k-1999": (
        "a process each, a thread each, select; and epoll, which came later",
        Scenario(active=Share(1_000), burst=20, lanes=("process", "thread", "select", "epoll")),
    ),
}
"""Scenarios one key away: name, what it is in a few words, the scenario; lanes that it names it is about."""
