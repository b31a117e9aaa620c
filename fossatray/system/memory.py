"""Giving memory back: glibc keeps what a program has freed, which a program that idles all day need not hold."""

from __future__ import annotations

import ctypes
import gc
import importlib
import sys
from types import ModuleType

_OPENSSL = ("ssl", "_ssl", "_hashlib")
_ASKS_THE_SOURCE = "_mod_uses_pyside"  # in PySide 6.4 to 6.12 at least
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


def import_without_openssl(*modules: str) -> None:
    """Import asyncio, hashlib and hmac (or those that are named), and leave out OpenSSL, which they load (4 MiB).

    The program that idles speaks TLS with nobody (only the scrape process's browser does), and Python's own SHA-256 is
    quick enough for a handshake. `ssl` can be imported later as always. Does nothing where OpenSSL is loaded already.
    """
    if set(_OPENSSL) & set(sys.modules):
        return
    for name in _OPENSSL:
        sys.modules[name] = None  # type: ignore[assignment]  # makes its import fail, for which all three are prepared
    try:
        for name in modules or ("asyncio", "hashlib", "hmac"):
            importlib.import_module(name)
    finally:
        for name in _OPENSSL:
            del sys.modules[name]


def leave_sources_unread() -> None:
    """Keep PySide from reading the source of every module that is imported; to be called before Qt is used.

    It looks for its own name there, to know which modules may switch on its `__feature__`s, and `linecache` keeps all
    that text: 9 MiB. Nobody here switches one on, and the answer is the one that a module without source gets, as in
    a frozen program. Does nothing where PySide asks in another way.
    """
    try:
        importlib.import_module("shiboken6")  # it brings `shibokensupport` with itself
        feature = importlib.import_module("shibokensupport.feature")
    except ImportError:
        return
    if hasattr(feature, _ASKS_THE_SOURCE):
        setattr(feature, _ASKS_THE_SOURCE, _uses_no_feature)


def _uses_no_feature(_module: ModuleType) -> bool:
    return False


def _glibc() -> ctypes.CDLL | None:
    if not sys.platform.startswith("linux"):
        return None
    library = ctypes.CDLL(None)
    return library if hasattr(library, "malloc_trim") and hasattr(library, "mallopt") else None
