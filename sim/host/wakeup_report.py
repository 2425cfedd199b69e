"""Report."""

from __future__ import annotations

import struct

REPORT = struct.Struct("=qII")
"""A wake-up: CPU time of the call in nanoseconds, descriptors ready, whether it slept."""
READ_BYTES = 65_536
