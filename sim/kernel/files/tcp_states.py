"""States of a TCP socket: of its connection (TCP_CLOSE …), and of its call to connect (``sock->state``)."""

from __future__ import annotations

CLOSED = 0
"""TCP_CLOSE: before a connection and after it."""
SYN_SENT = 1
ESTABLISHED = 2
"""A connection, half-closed ones included."""

UNCONNECTED = 0
CONNECTING = 1
"""connect() has begun and has not reported its result yet."""
CONNECTED = 2
DISCONNECTING = 3
"""An attempt that shutdown() ended."""
