"""Keeps None, True and False alive on Python 3.11, where PySide6's compiled code uses them up.

From Python 3.12 on these objects are immortal, and code that is built with its headers no longer counts references to
them when it returns one. Loaded by 3.11, each call that returns nothing takes one reference of None away (seen with
PySide6 6.12); after some thousands of them the interpreter ends with "none_dealloc: deallocating None".
"""

from __future__ import annotations

import ctypes
import sys

_COUNTED = (None, True, False, NotImplemented, Ellipsis)
_MANY = 1 << (40 if sys.maxsize > 1 << 32 else 28)


def keep_constants_alive() -> bool:
    """Give the constants so many references that they never run out; to be called once, before Qt is used.

    Returns whether it was needed: from Python 3.12 on, and on other interpreters than CPython, nothing is done.
    """
    if sys.version_info >= (3, 12) or sys.implementation.name != "cpython":
        return False
    for constant in _COUNTED:
        ctypes.c_ssize_t.from_address(id(constant)).value += _MANY
    return True
