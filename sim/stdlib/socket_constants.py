"""Enumerations of the socket module, with Linux's numbers on x86-64."""

from __future__ import annotations

from enum import IntEnum, IntFlag


class AddressFamily(IntEnum):
    """``socket.AddressFamily``: this kernel's families, and families that programs name to accept any."""

    AF_UNSPEC = 0
    AF_UNIX = 1
    AF_INET = 2
    AF_INET6 = 10


class SocketKind(IntEnum):
    """``socket.SocketKind``: kinds of socket that a program can name, and flags that are added to a kind."""

    SOCK_STREAM = 1
    SOCK_DGRAM = 2
    SOCK_RAW = 3
    SOCK_SEQPACKET = 5
    SOCK_NONBLOCK = 0x800
    SOCK_CLOEXEC = 0x80000


class MsgFlag(IntFlag):
    """``socket.MsgFlag``: the flags of send and recv that this kernel implements."""

    MSG_OOB = 0x1
    MSG_PEEK = 0x2
    MSG_DONTWAIT = 0x40
    MSG_NOSIGNAL = 0x4000


class AddressInfo(IntFlag):
    """``socket.AddressInfo``: flags of ``getaddrinfo``."""

    AI_PASSIVE = 0x1
    AI_CANONNAME = 0x2
    AI_NUMERICHOST = 0x4
    AI_V4MAPPED = 0x8
    AI_ALL = 0x10
    AI_ADDRCONFIG = 0x20
    AI_NUMERICSERV = 0x400


def enum_or_number(names: type[IntEnum], number: int) -> int:
    """The enumeration's member with this number, or the plain number (``_intenum_converter``)."""
    try:
        return names(number)
    except ValueError:
        return number
