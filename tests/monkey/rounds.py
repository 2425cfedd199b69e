"""Rounds of the monkey: one situation, one race, some acts, all of them decided by a seed.

Two kinds of rounds take turns. In one kind, every key is pressed twice in one read, each time in front of the
freshly opened screen or box. In the other kind, everything is random.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from random import Random

from sim.scenario.scenario import Scenario
from tests.monkey.hands import Crash, play
from tests.monkey.situations import RACES, SITUATIONS, Situation
from tests.monkey.typist import ESCAPE, KEYS, Act, Typist, events_in

ACTS = 120
"""Acts in a random round."""
KEYS_AT_ONCE = 20
"""Keys in a round that presses each twice."""
TRIES = 60
"""Limit of rounds played to make a failing sequence shorter."""


@dataclass(frozen=True, slots=True)
class Round:
    """One round, before it is played."""

    seed: int
    situation: Situation
    race: Scenario
    acts: tuple[Act, ...]

    def play(self) -> int:
        """Play it. Returns the number of keys and mouse events.

        Raises:
            Crash: the app failed.
        """
        done = asyncio.run(play(self.situation, self.race, self.acts))
        return sum(map(events_in, self.acts[:done]))


def round_of(seed: int, acts: int = ACTS) -> Round:
    """The round of a seed.

    Args:
        seed: Any number.
        acts: Acts in it, if everything is random.
    """
    dice = Random(seed)
    situation = SITUATIONS[seed // 2 % len(SITUATIONS)]
    if seed % 2:
        return Round(seed, situation, dice.choice(RACES), _each_key_twice(situation, dice))
    typist = Typist(dice)
    return Round(seed, situation, dice.choice(RACES), tuple(typist.act() for _ in range(acts)))


def _each_key_twice(situation: Situation, dice: Random) -> tuple[Act, ...]:
    """Some keys, each twice in one read, and the situation opened again before each of them."""
    acts: list[Act] = []
    for key in dice.sample(KEYS, KEYS_AT_ONCE):
        acts += [("read", key * 2), ("read", ESCAPE), ("read", ESCAPE)]
        acts += [("read", read) for read in situation.keys]
    return tuple(acts)


def smallest(crash: Crash, failed: Round) -> tuple[Act, ...]:
    """A part of the acts that still fails. Threads take part in some failures, so it may be all of them."""
    acts, tries, size = list(crash.acts), 0, max(1, len(crash.acts) // 2)
    while tries < TRIES:
        for first in range(0, len(acts), size):
            fewer = [*acts[:first], *acts[first + size :]]
            tries += 1
            try:
                Round(failed.seed, failed.situation, failed.race, tuple(fewer)).play()
            except Crash as still:
                acts = list(still.acts)
                break
            if tries >= TRIES:
                break
        else:
            if size == 1:
                break
            size //= 2
    return tuple(acts)
