"""Wrong values for each kind of argument: the tables of the cases about arguments."""

from __future__ import annotations

from typing import Any

from tests.conformance.world import HOST

CLOSED = 900_001
"""A number that is not open in either world."""


class Almost:
    """An object whose fileno() does not return a number."""

    def fileno(self) -> Any:
        return "fileno"


class Negative:
    """An object whose fileno() returns a negative number."""

    def fileno(self) -> int:
        return -1


class Index:
    """An object with ``__index__`` that is not an int."""

    def __index__(self) -> int:
        return CLOSED


class Raises:
    """An object whose conversions all raise its own error."""

    def __index__(self) -> int:
        raise ZeroDivisionError

    def __bool__(self) -> bool:
        raise ZeroDivisionError

    def fileno(self) -> int:
        raise ZeroDivisionError


class Text:
    """An object whose ``__index__`` returns text."""

    def __index__(self) -> Any:
        return "text"  # noqa: PLE0305 (on purpose)


BAD: dict[str, Any] = {
    "None": None,
    "text": "1",
    "bytes": b"1",
    "float": 1.5,
    "list": [],
    "tuple": (),
    "object": object(),
    "raises": Raises(),
    "index text": Text(),
    "-1": -1,
    "-2": -2,
    "-2**31-1": -(2**31) - 1,
    "2**63": 2**63,
    "2**64": 2**64,
    "-2**64": -(2**64),
}
"""Values that are wrong for every number argument, or are at the limits of valid numbers."""
LARGE: dict[str, Any] = {"2**31-1": 2**31 - 1, "2**31": 2**31, "2**32": 2**32}
DESCRIPTORS: dict[str, Any] = {
    "closed": CLOSED,
    "almost": Almost(),
    "negative": Negative(),
    "index": Index(),
}
SECONDS: dict[str, Any] = {
    "None": None,
    "text": "1",
    "bytes": b"1",
    "list": [],
    "object": object(),
    "nan": float("nan"),
    "inf": float("inf"),
    "-inf": float("-inf"),
    "1e300": 1e300,
    "2**63": 2**63,
    "2**64": 2**64,
    "-1": -1,
    "-0.5": -0.5,
    "-1e-100": -1e-100,
    "-2**63": -(2**63),
    "-1e300": -1e300,
}
DATA: dict[str, Any] = {
    "None": None,
    "text": "x",
    "int": 1,
    "list": [1],
    "object": object(),
    "in pieces": memoryview(b"abcdef")[::2],
}
ADDRESSES: dict[str, Any] = {
    "None": None,
    "text": "127.0.0.1:80",
    "bytes": b"x",
    "int": 80,
    "empty": (),
    "short": (HOST,),
    "long": (HOST, 0, 0),
    "list": [HOST, 0],
    "port text": (HOST, "80"),
    "port None": (HOST, None),
    "port -1": (HOST, -1),
    "port 65536": (HOST, 65536),
    "port 2**64": (HOST, 2**64),
    "port float": (HOST, 1.5),
    "short forms": ("127.1", 0),
    "numbers": ("0x7f.010.1", 0),
    "host 256": ("127.0.0.256", 0),
    "host 08": ("127.0.0.08", 0),
    "host blank": ("127.0.0.1 ", 0),
    "port True": (HOST, False),
    "host int": (1, 80),
    "host None": (None, 80),
    "host list": ([], 80),
}
ITERABLES: dict[str, Any] = {
    "None": None,
    "int": 1,
    "object": object(),
    "text": "ab",
    "of text": ["a"],
    "of None": [None],
    "of -1": [-1],
    "of 1024": [1024],
    "of 2**64": [2**64],
    "of float": [1.5],
    "of almost": [Almost()],
    "of negative": [Negative()],
    "of index": [Index()],
    "many": [3] * 1025,
}
FD = {**BAD, **LARGE, **DESCRIPTORS}
SOCKET_FD = {name: value for name, value in FD.items() if name != "2**32"}
"""Without a value that the socket module truncates to an open number."""
INT = {**BAD, **LARGE}
SIZES = {**BAD, "2**62": 2**62, "2**63-1": 2**63 - 1}
FLAGS = {name: value for name, value in BAD.items() if name not in {"-1", "-2"}}
"""Without the values that set all flags at once, because the tests leave out most flags."""
FROMFD = {name: value for name, value in INT.items() if name != "-2"}
"""Without -2, for which CPython raises the current value of ``errno``; -1 makes a new epoll."""
HOSTS = {
    name: ADDRESSES[name]
    for name in ("short forms", "numbers", "host 256", "host 08", "host blank", "port True")
}
"""Addresses of the right type: for others, the standard library leaves a socket open."""
CONNECTIONS = {
    **{name: ADDRESSES[name] for name in ("None", "text", "bytes", "int", "empty", "short", "long")},
    **{name: ADDRESSES[name] for name in ("host int", "host list", "port float")},
    "as a list": [HOST, 1],
    "port in digits": (HOST, "1"),
    "port without name": (HOST, "no such service"),
    "bytes of a host": (HOST.encode(), 1),
}
"""Addresses for getaddrinfo and the loop around it; no process listens on port 1."""
