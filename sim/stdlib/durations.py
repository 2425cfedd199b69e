"""CPython's conversions of durations and timeouts to nanoseconds (``_PyTime_FromSecondsObject``).

Each function accepts and refuses what the conversion in the running Python accepts and refuses, with the same
exception and message.
"""

from __future__ import annotations

import math
import operator
from typing import Any, SupportsIndex

from sim.stdlib.argument_checks import INT_MAX, SINCE_3_14, SINCE_3_15, full_name

Seconds = float | SupportsIndex
_TIME_MAX = 2**63 - 1
_FLOAT_TOO_LARGE = f"timestamp out of range for {'C PyTime_t' if SINCE_3_14 else 'platform time_t'}"
_INTEGER_TOO_LARGE = (
    "timestamp out of range for C PyTime_t" if SINCE_3_14 else "timestamp too large to convert to C PyTime_t"
)


def duration_ns(value: Seconds, unit_ns: int = 1_000_000_000) -> int:
    """A duration in nanoseconds, rounded away from zero.

    Args:
        value: the duration in units; from Python 3.15 on any object with ``__float__``.
        unit_ns: length of a unit in ns; seconds by default.

    Raises:
        TypeError: not a number.
        ValueError: NaN.
        OverflowError: more than 64 bits of nanoseconds.
    """
    if not isinstance(value, float) and not hasattr(type(value), "__index__"):
        value = _real(value)
    if isinstance(value, float):
        if math.isnan(value):
            raise ValueError("Invalid value NaN (not a number)")
        exact = value * unit_ns
        if not -(2.0**63) <= exact < 2.0**63:
            raise OverflowError(_FLOAT_TOO_LARGE)
        return math.ceil(exact) if exact >= 0 else math.floor(exact)
    number = operator.index(value) * unit_ns
    if not -_TIME_MAX - 1 <= number <= _TIME_MAX:
        raise OverflowError(_INTEGER_TOO_LARGE)
    return number


def _real(value: Any) -> float:
    """A duration that is neither a float nor an integer."""
    if SINCE_3_15:
        if hasattr(type(value), "__float__"):
            return float(value)
        raise TypeError(f"must be real number, not {full_name(type(value))}")
    if SINCE_3_14:
        raise TypeError(f"'{full_name(type(value))}' object cannot be interpreted as an integer or float")
    return operator.index(value)  # raises TypeError


def timeout_ns(value: Seconds, unit_ns: int, message: str) -> int:
    """As :func:`duration_ns`.

    Args:
        value: the duration in units.
        unit_ns: length of a unit in ns.
        message: message of the TypeError before Python 3.15 for a value that is not a number.
    """
    try:
        return duration_ns(value, unit_ns)
    except TypeError:
        if SINCE_3_15:
            message = f"timeout must be a real number or None, not {full_name(type(value))}"
        raise TypeError(message) from None


def milliseconds(asked_ns: int) -> int:
    """Nanoseconds, converted to the C int of milliseconds of poll and epoll_wait and rounded up.

    Raises:
        OverflowError: does not fit into a C int.
    """
    rounded = -(-asked_ns // 1_000_000)
    if not -INT_MAX - 1 <= rounded <= INT_MAX:
        raise OverflowError("timeout is too large")
    return rounded


def nanoseconds(value: float) -> int:
    """Seconds as a float, converted to nanoseconds and rounded down (``_PyTime_FromSecondsDouble``).

    Raises:
        TypeError: not a number.
        OverflowError: more than 64 bits of nanoseconds, or NaN.
    """
    math.fabs(value)  # raises TypeError unless it is a number
    exact = float(value) * 1e9
    if not -(2.0**63) <= exact < 2.0**63:
        raise OverflowError(_FLOAT_TOO_LARGE)
    return math.floor(exact)
