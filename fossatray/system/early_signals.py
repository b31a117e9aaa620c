"""SIGINT, SIGTERM and SIGHUP while the program still loads, before it listens to them (system.signals).

An exception raised by a signal's handler in the middle of Qt's own loading is lost there, or leaves half of Qt
unloaded: so nothing is raised, and it is noted that the program is to end.
"""

from __future__ import annotations

import signal
from types import FrameType

_QUIT_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")


class EarlySignals:
    """Notes the signals from now on; `came` tells whether there was one. Made in the main thread.

    One that ends the process at once goes on to do so, also where Qt hangs because the display does not answer; but for
    `all_of_them`, where something is to be cleaned up.
    """

    def __init__(self, *, all_of_them: bool = False) -> None:
        self.came = False
        numbers = [getattr(signal, name) for name in _QUIT_SIGNALS if hasattr(signal, name)]
        ours = [number for number in numbers if all_of_them or callable(signal.getsignal(number))]
        self._former = {number: signal.signal(number, self._note) for number in ours}

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        self.came = True

    def close(self) -> None:
        """Put the former handlers back."""
        for number, handler in self._former.items():
            signal.signal(number, handler if handler is not None else signal.SIG_DFL)
        self._former = {}
