"""Giving memory back: glibc keeps what a program has freed, which a program that idles all day need not hold."""

from __future__ import annotations

import ctypes
import gc
import sys

_M_ARENA_MAX = -8  # malloc.h: one arena for all threads; ours seldom allocate at the same time


def use_one_arena() -> None:
    """Let all threads share one arena; to be called before threads are started. Does nothing without glibc."""
    library = _glibc()
    if library is not None:
        library.mallopt(_M_ARENA_MAX, 1)


def give_back() -> None:
    """Collect garbage and give freed memory back to the system. Does nothing more without glibc."""
    gc.collect()
    library = _glibc()
    if library is not None:
        library.malloc_trim(0)


def _glibc() -> ctypes.CDLL | None:
    if not sys.platform.startswith("linux"):
        return None
    library = ctypes.CDLL(None)
    return library if hasattr(library, "malloc_trim") and hasattr(library, "mallopt") else None
