"""timerfd for every Python: the os module's functions of 3.13, through the C library if Python lacks them."""

from __future__ import annotations

import ctypes
import os
from typing import Any

TFD_NONBLOCK, TFD_CLOEXEC, TFD_TIMER_ABSTIME = 0x800, 0x80000, 1
_SECOND_NS = 1_000_000_000
_LIBC = ctypes.CDLL(None, use_errno=True)


class _Setting(ctypes.Structure):
    """``struct itimerspec``."""

    _fields_ = (("fields", ctypes.c_long * 4),)


def _checked(result: int) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result


def _nanoseconds(setting: _Setting) -> tuple[int, int]:
    period_s, period_ns, first_s, first_ns = setting.fields
    return first_s * _SECOND_NS + first_ns, period_s * _SECOND_NS + period_ns


def _timerfd_create(clockid: int, /, *, flags: int = TFD_CLOEXEC) -> int:
    return _checked(_LIBC.timerfd_create(clockid, TFD_CLOEXEC | flags))


def _timerfd_settime_ns(
    fd: int, /, *, flags: int = 0, initial: int = 0, interval: int = 0
) -> tuple[int, int]:
    new, old = _Setting(), _Setting()
    new.fields[:] = (*divmod(interval, _SECOND_NS), *divmod(initial, _SECOND_NS))
    _checked(_LIBC.timerfd_settime(fd, flags, ctypes.byref(new), ctypes.byref(old)))
    return _nanoseconds(old)


def _timerfd_gettime_ns(fd: int, /) -> tuple[int, int]:
    setting = _Setting()
    _checked(_LIBC.timerfd_gettime(fd, ctypes.byref(setting)))
    return _nanoseconds(setting)


def _timerfd_settime(fd: int, /, *, flags: int = 0, initial: float = 0.0, interval: float = 0.0) -> Any:
    new = {"initial": int(initial * _SECOND_NS // 1), "interval": int(interval * _SECOND_NS // 1)}
    return tuple(value / 1e9 for value in _timerfd_settime_ns(fd, flags=flags, **new))


def _timerfd_gettime(fd: int, /) -> Any:
    return tuple(value / 1e9 for value in _timerfd_gettime_ns(fd))


class HostOs:
    """The os module, with timerfd functions added if it has none."""

    TFD_NONBLOCK, TFD_CLOEXEC, TFD_TIMER_ABSTIME = TFD_NONBLOCK, TFD_CLOEXEC, TFD_TIMER_ABSTIME
    timerfd_create = staticmethod(_timerfd_create)
    timerfd_settime = staticmethod(_timerfd_settime)
    timerfd_settime_ns = staticmethod(_timerfd_settime_ns)
    timerfd_gettime = staticmethod(_timerfd_gettime)
    timerfd_gettime_ns = staticmethod(_timerfd_gettime_ns)

    def __getattr__(self, name: str) -> Any:
        return getattr(os, name)


host_os: Any = os if hasattr(os, "timerfd_create") else HostOs()
