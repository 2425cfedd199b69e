"""The content of io_uring's shared memory: submissions, completions, rings that hold them, and buffers.

Numbers are Linux's (``include/uapi/linux/io_uring.h``).
"""

from __future__ import annotations

from typing import Final, Generic, NamedTuple, TypeVar

U32 = 0xFFFFFFFF
"""Heads and tails use all 32 bits and wrap."""
SQE_BYTES = 64
CQE_BYTES = 16
MAX_ENTRIES = 32_768

CQE_F_BUFFER: Final = 1
"""The upper 16 bits of the flags are the number of a provided buffer."""
CQE_F_MORE: Final = 2
"""The request goes on, and more completions follow."""
CQE_F_SOCK_NONEMPTY: Final = 4
CQE_BUFFER_SHIFT: Final = 16
ENTER_GETEVENTS: Final = 1
ENTER_SQ_WAKEUP: Final = 2
ENTER_SQ_WAIT: Final = 4
Entry = TypeVar("Entry")


class Op:
    """The operations that this kernel has (``IORING_OP_*``)."""

    NOP: Final = 0
    POLL_ADD: Final = 6
    POLL_REMOVE: Final = 7
    ACCEPT: Final = 13
    ASYNC_CANCEL: Final = 14
    CLOSE: Final = 19
    SEND: Final = 26
    RECV: Final = 27


class Sqe(NamedTuple):
    """A submission."""

    opcode: int
    fd: int = -1
    user_data: int = 0
    multishot: bool = False
    """POLL_ADD, ACCEPT, RECV: True if the request stays armed."""
    length: int = 0
    """RECV without a buffer group: size of the buffer in bytes."""
    data: bytes = b""
    """SEND: the bytes to send."""
    events: int = 0
    """POLL_ADD: poll bits to wait for."""
    group: int | None = None
    """RECV: the group to take a buffer from (IOSQE_BUFFER_SELECT); None for no group."""
    target: int = 0
    """POLL_REMOVE, ASYNC_CANCEL: user_data of the request to end."""
    silent: bool = False
    """NOP, SEND, CLOSE and cancelling operations: post nothing on success (IOSQE_CQE_SKIP_SUCCESS)."""


class Cqe(NamedTuple):
    """A completion."""

    user_data: int
    result: int
    flags: int = 0
    data: bytes = b""
    """RECV: the received bytes. They lie in the program's buffer and are not part of the 16 bytes."""

    @property
    def more(self) -> bool:
        """True if the request goes on."""
        return bool(self.flags & CQE_F_MORE)

    @property
    def buffer(self) -> int | None:
        """Number of the provided buffer that it used; None for none."""
        return self.flags >> CQE_BUFFER_SHIFT if self.flags & CQE_F_BUFFER else None


class Ring(Generic[Entry]):
    """One ring, filled at the tail and emptied at the head; its size is a power of two."""

    __slots__ = ("entries", "head", "mask", "tail")

    def __init__(self, size: int) -> None:
        self.entries: list[Entry | None] = [None] * size
        self.mask = size - 1
        self.head = 0
        self.tail = 0

    def __len__(self) -> int:
        return (self.tail - self.head) & U32

    @property
    def full(self) -> bool:
        """True if no entry is free."""
        return (self.tail - self.head) & U32 > self.mask

    def push(self, entry: Entry) -> bool:
        """Write an entry at the tail; False if the ring is full."""
        if (self.tail - self.head) & U32 > self.mask:
            return False
        self.entries[self.tail & self.mask] = entry
        self.tail = (self.tail + 1) & U32
        return True

    def pop(self) -> Entry | None:
        """Take the entry at the head; None if the ring is empty."""
        if self.head == self.tail:
            return None
        index = self.head & self.mask
        entry, self.entries[index] = self.entries[index], None
        self.head = (self.head + 1) & U32
        return entry


class BufferGroup:
    """A ring of provided buffers: the program adds at the tail, receives take from the head.

    Args:
        count: Number of buffers, a power of two.
        size: Bytes in each.
    """

    __slots__ = ("free", "size")

    def __init__(self, count: int, size: int) -> None:
        self.free: Ring[int] = Ring(count)
        self.size = size
        for number in range(count):
            self.free.push(number)

    def give_back(self, number: int) -> None:
        """Provide a buffer again after the program has used it."""
        self.free.push(number)
