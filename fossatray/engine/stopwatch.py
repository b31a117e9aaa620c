"""How long a run spent in which phase, by a clock that is not set."""

from __future__ import annotations

from collections.abc import Callable


class Stopwatch:
    """Adds up seconds by name; one name at a time runs."""

    def __init__(self, seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._spent: dict[str, float] = {}
        self._name: str | None = None
        self._since = 0.0

    def enter(self, name: str) -> None:
        """Stop what runs and let this run from now on; it may have run before."""
        self.stop()
        self._name, self._since = name, self._seconds()
        self._spent.setdefault(name, 0.0)

    def stop(self) -> None:
        """Let nothing run."""
        if self._name is not None:
            self._spent[self._name] += self._seconds() - self._since
            self._name = None

    @property
    def laps(self) -> tuple[tuple[str, float], ...]:
        """Names and seconds in the order of their first run, what runs included."""
        running = 0.0 if self._name is None else self._seconds() - self._since
        return tuple((name, spent + (running if name == self._name else 0.0)) for name, spent in self._spent.items())
