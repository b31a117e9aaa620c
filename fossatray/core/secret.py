"""A text that must not be shown: passwords and session keys on their short way through a process."""

from __future__ import annotations

from typing import NoReturn

MASK = "•••"


class Secret:
    """A password in memory: its `repr` and `str` are a mask, and no encoder, copier or formatter takes it.

    The only way to the text is :meth:`reveal`, so that every use can be found by searching for that name.
    """

    __slots__ = ("__text",)

    def __init__(self, text: str) -> None:
        self.__text = text

    def reveal(self) -> str:
        """Return the text itself; to be handed on at once, never kept."""
        return self.__text

    def __bool__(self) -> bool:
        return bool(self.__text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other.reveal() == self.__text

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return MASK

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return MASK

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret is never pickled or copied")
