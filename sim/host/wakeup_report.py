"""The message with which a server of a host lane reports a wake-up."""

from __future__ import annotations

import struct

REPORT = struct.Struct("=qII")
"""One wake-up: CPU time of the call in ns, number of ready descriptors, 1 if the call slept."""
READ_BYTES = 65_536
"""Largest number of bytes that a server reads at once."""
