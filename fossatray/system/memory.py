"""Giving memory back: glibc keeps what a program has freed, which a program that idles all day need not hold."""

from __future__ import annotations

import ctypes
import gc
import importlib
import sys

_OPENSSL = ("ssl", "_ssl", "_hashlib")
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


def import_without_openssl() -> None:
    """Import asyncio, hashlib and hmac, and leave out OpenSSL, which they load with themselves (4 MiB).

    The program that idles speaks TLS with nobody (only the scrape process's browser does), and Python's own SHA-256 is
    quick enough for a handshake. `ssl` can be imported later as always. Does nothing where one of them is loaded.
    """
    if {"asyncio", "hashlib", "ssl"} & set(sys.modules):
        return
    for name in _OPENSSL:
        sys.modules[name] = None  # type: ignore[assignment]  # makes its import fail, for which all three are prepared
    try:
        for name in ("asyncio", "hashlib", "hmac"):
            importlib.import_module(name)
    finally:
        for name in _OPENSSL:
            del sys.modules[name]


def _glibc() -> ctypes.CDLL | None:
    if not sys.platform.startswith("linux"):
        return None
    library = ctypes.CDLL(None)
    return library if hasattr(library, "malloc_trim") and hasattr(library, "mallopt") else None
