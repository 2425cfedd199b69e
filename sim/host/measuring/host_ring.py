"""An io_uring of the host's kernel, by raw system calls.

Submissions and completions go through memory that :func:`mmap.mmap` maps and the kernel shares. Only the
set-up, the registration of buffers and io_uring_enter are system calls (io_uring(7),
``io_uring/io_uring.c``). A kernel can forbid all of them (``kernel.io_uring_disabled``, a seccomp filter, a
kernel built without them). :func:`why_no_ring` gives the reason.

Why not liburing? It is a C library and would be one more dependency. The few structures are short enough to
write here.
"""

from __future__ import annotations

import ctypes
import errno
import mmap
import os
import platform
import struct

SETUP, ENTER, REGISTER = 425, 426, 427
SINGLE_ISSUER, DEFER_TASKRUN, CQSIZE = 1 << 12, 1 << 13, 1 << 3
SQ_RING, SQES = 0, 0x10000000
PBUF_RING = 22
GETEVENTS, EXT_ARG = 1, 8
BUFFER_SELECT, SKIP_SUCCESS = 1 << 5, 1 << 6
RECV_MULTISHOT, ACCEPT_MULTISHOT, POLL_MULTI = 1 << 1, 1 << 0, 1 << 0
_libc = ctypes.CDLL(None, use_errno=True)


def _syscall(*arguments: int | ctypes.Array[ctypes.c_char]) -> int:
    wide = (ctypes.c_long(given) if isinstance(given, int) else given for given in arguments)
    result = int(_libc.syscall(*wide))
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result


class HostRing:
    """A ring with SINGLE_ISSUER and DEFER_TASKRUN: completions are prepared when the task asks for them."""

    def __init__(self, entries: int, cq_entries: int) -> None:
        params = ctypes.create_string_buffer(120)
        struct.pack_into("III", params, 0, 0, cq_entries, SINGLE_ISSUER | DEFER_TASKRUN | CQSIZE)
        self.fd = _syscall(SETUP, entries, params)
        fields = struct.unpack_from("30I", params)
        self.entries, self.cq_entries = fields[0], fields[1]
        sq, cq = fields[10:20], fields[20:30]
        self._sq_head, self._sq_tail, self._sq_array = sq[0], sq[1], sq[6]
        self._cq_head, self._cq_tail, self._cqes = cq[0], cq[1], cq[5]
        size = max(self._cqes + 16 * self.cq_entries, self._sq_array + 4 * self.entries)
        self._ring = mmap.mmap(self.fd, size, offset=SQ_RING)
        self._sqes = mmap.mmap(self.fd, 64 * self.entries, offset=SQES)
        self._memory: mmap.mmap | None = None
        self._keep: list[object] = []

    def close(self) -> None:
        self._ring.close()
        self._sqes.close()
        os.close(self.fd)

    def _get(self, offset: int) -> int:
        return int(struct.unpack_from("I", self._ring, offset)[0])

    def _set(self, offset: int, value: int) -> None:
        struct.pack_into("I", self._ring, offset, value & 0xFFFFFFFF)

    def submit(
        self,
        opcode: int,
        fd: int = -1,
        user_data: int = 0,
        *,
        flags: int = 0,
        ioprio: int = 0,
        address: int = 0,
        length: int = 0,
        events: int = 0,
        group: int = 0,
    ) -> None:
        """Write a submission at the tail."""
        tail = self._get(self._sq_tail)
        index = tail % self.entries
        fields = (opcode, flags, ioprio, fd, 0, address, length, events, user_data, group)
        struct.pack_into("=BBHiQQIIQH22x", self._sqes, 64 * index, *fields)
        self._set(self._sq_array + 4 * index, index)
        self._set(self._sq_tail, tail + 1)

    def send(self, fd: int, data: bytes, user_data: int) -> None:
        """Write the submission of a send."""
        memory = ctypes.create_string_buffer(data, len(data))
        self._keep.append(memory)
        self.submit(26, fd, user_data, address=ctypes.addressof(memory), length=len(data))

    def provide(self, count: int, size: int) -> None:
        """Register ring 0 of provided buffers and fill it with ``count`` buffers of ``size`` bytes."""
        self._memory = mmap.mmap(-1, 4096 + count * size)
        base = ctypes.addressof(ctypes.c_char.from_buffer(self._memory))
        registration = ctypes.create_string_buffer(40)
        struct.pack_into("QIHH", registration, 0, base, count, 0, 0)
        _syscall(REGISTER, self.fd, PBUF_RING, registration, 1)
        for number in range(count):
            struct.pack_into("QIHH", self._memory, 16 * number, base + 4096 + number * size, size, number, 0)
        struct.pack_into("H", self._memory, 14, count)

    def prewrite(self, opcode: int, address: int, length: int, flags: int) -> list[ctypes.c_int32]:
        """Write the same submission into every entry of the ring. Only the descriptor remains to be written.

        Returns:
            The descriptor's field of each entry.
        """
        for index in range(self.entries):
            fields = (opcode, flags, 0, -1, 0, address, length, 0, 0, 0)
            struct.pack_into("=BBHiQQIIQH22x", self._sqes, 64 * index, *fields)
            self._set(self._sq_array + 4 * index, index)
        return [ctypes.c_int32.from_buffer(self._sqes, 64 * index + 4) for index in range(self.entries)]

    @property
    def sq_tail(self) -> ctypes.c_uint32:
        """Index of the next submission, in shared memory."""
        return ctypes.c_uint32.from_buffer(self._ring, self._sq_tail)

    @property
    def cq_head(self) -> ctypes.c_uint32:
        """Index of the next completion to take, in shared memory."""
        return ctypes.c_uint32.from_buffer(self._ring, self._cq_head)

    @property
    def cq_tail(self) -> ctypes.c_uint32:
        """Index at which the kernel writes the next completion, in shared memory."""
        return ctypes.c_uint32.from_buffer(self._ring, self._cq_tail)

    @property
    def buffers_tail(self) -> ctypes.c_uint16:
        """Number of buffers provided so far, in shared memory. Adding 1 returns the buffer that was used
        longest ago.
        """
        assert self._memory is not None
        return ctypes.c_uint16.from_buffer(self._memory, 14)

    def enter(self, to_submit: int, least: int, timeout_ns: int = 1_000_000_000) -> int:
        """io_uring_enter that waits for ``least`` completions, for one second by default."""
        timespec = ctypes.create_string_buffer(struct.pack("qq", *divmod(timeout_ns, 1_000_000_000)))
        argument = ctypes.create_string_buffer(struct.pack("QIIQ", 0, 8, 0, ctypes.addressof(timespec)))
        return _syscall(ENTER, self.fd, to_submit, least, GETEVENTS | EXT_ARG, argument, 24)

    def take(self) -> list[tuple[int, int, int]]:
        """Take all completions, each as (user_data, result, flags)."""
        taken = []
        head, tail = self._get(self._cq_head), self._get(self._cq_tail)
        while head != tail:
            taken.append(struct.unpack_from("QiI", self._ring, self._cqes + 16 * (head % self.cq_entries)))
            head = (head + 1) & 0xFFFFFFFF
        self._set(self._cq_head, head)
        return taken


def why_no_ring() -> str | None:
    """The reason, in one line, for which this kernel grants no ring; None if it grants one."""
    if platform.system() != "Linux" or platform.machine() != "x86_64":
        return "io_uring is only used on Linux on x86-64 here"
    try:
        ring = HostRing(4, 8)
        try:
            ring.provide(1, 64)
        finally:
            ring.close()
    except OSError as error:
        name = errno.errorcode.get(error.errno or 0, str(error.errno))
        return f"this kernel has no io_uring for us, or forbids it ({name})"
    return None
