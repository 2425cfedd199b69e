"""Numbers with units, as people type and read them.

Counts take a suffix (``20k``, ``1M``), durations a unit (``100ms``, ``2.5 us``), shares a per cent sign
(``1%``). Parsing is exact: it uses decimals, not floats, so that the same words always give the same race.
"""

from __future__ import annotations

import re
from decimal import Context, Decimal

_COUNT = re.compile(r"^\s*([0-9][0-9_,]{0,39}(?:\.[0-9]{1,9})?)\s*([kKmM]?)\s*$")
_DURATION = re.compile(r"^\s*([0-9][0-9_,]{0,39}(?:\.[0-9]{1,9})?)\s*(ns|us|µs|μs|ms|s)\s*$")
_EXACT = Context(prec=80)
"""A precision that is enough for every number that the patterns accept."""
_COUNT_SCALE = {"": 1, "k": 1_000, "m": 1_000_000}
_DURATION_NS = {"ns": 1, "us": 1_000, "µs": 1_000, "μs": 1_000, "ms": 1_000_000, "s": 1_000_000_000}


def _quoted(text: str) -> str:
    """The typed text in quotes, cut to 40 characters."""
    return repr(text if len(text) <= 40 else f"{text[:37]}...")


def _number(digits: str) -> Decimal:
    return Decimal(digits.replace("_", "").replace(",", ""))


def parse_count(text: str) -> int:
    """Parse a whole number: ``10000``, ``10,000``, ``20k``, ``1.5M``.

    Raises:
        ValueError: the text is not a number, or the number is not whole.
    """
    match = _COUNT.match(text)
    if match is None:
        raise ValueError(f"{_quoted(text)} is not a number; write it like 10000, 10k or 1M")
    value = _EXACT.multiply(_number(match[1]), Decimal(_COUNT_SCALE[match[2].lower()]))
    if value != int(value):
        raise ValueError(f"{text!r} is not a whole number")
    return int(value)


def parse_duration_ns(text: str) -> int:
    """Parse a duration in nanoseconds: ``100ms``, ``2.5us``, ``1s``.

    Raises:
        ValueError: the text is not a number with a unit of time, or it is less than one nanosecond.
    """
    match = _DURATION.match(text)
    if match is None:
        raise ValueError(f"{_quoted(text)} is not a duration; write it like 100ms, 20us or 1s")
    value = _EXACT.multiply(_number(match[1]), Decimal(_DURATION_NS[match[2]]))
    if value < 1:
        raise ValueError(f"{text!r} is less than a nanosecond")
    return int(value)


def format_count(value: int) -> str:
    """Write a number in the shortest exact form that :func:`parse_count` reads: ``20k``, ``1M``, ``1024``."""
    for scale, suffix in ((1_000_000, "M"), (1_000, "k")):
        if value >= scale and value % scale == 0:
            return f"{value // scale}{suffix}"
    return str(value)


def format_duration(value_ns: float) -> str:
    """Write a duration with three significant digits: ``1.70 µs``, ``684 µs``, ``12.4 ms``."""
    for scale, unit in ((1_000_000_000, "s"), (1_000_000, "ms"), (1_000, "µs")):
        if value_ns >= scale * 0.9995:
            return f"{_three_digits(value_ns / scale)} {unit}"
    return f"{value_ns:.0f} ns"


def format_bytes(value: int) -> str:
    """Write a number of bytes with three significant digits: ``640 B``, ``12.4 kB``, ``1.25 MB``."""
    for scale, unit in ((1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")):
        if value >= scale:
            return f"{_three_digits(value / scale)} {unit}"
    return f"{value} B"


def format_short(value: int) -> str:
    """Write a count in few characters: ``9,997``, ``82.0k``, ``1.25M``."""
    if value < 10_000:
        return f"{value:,}"
    for scale, suffix in ((1_000_000_000, "G"), (1_000_000, "M"), (1_000, "k")):
        if value >= scale * 0.9995:
            return f"{_three_digits(value / scale)}{suffix}"
    return str(value)


def _three_digits(value: float) -> str:
    if value >= 99.95:
        return f"{value:.0f}"
    return f"{value:.1f}" if value >= 9.995 else f"{value:.2f}"
