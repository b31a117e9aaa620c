"""The base of the family of errors that a person is told about (fossatray.core.errors), and an error as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class ErrorInfo:
    """An error as it crosses threads and processes and is kept: kind, title, message, advice, retryable."""

    kind: str
    title: str
    message: str
    advice: str
    retryable: bool = False


class FossaError(Exception):
    """Base of the family. `message` says what happened here, in one plain sentence, without secrets or portal data."""

    kind: ClassVar[str] = "error"
    title: ClassVar[str] = "Something went wrong"
    advice: ClassVar[str] = "Try again. If it happens again, open the log from the menu."
    retryable: ClassVar[bool] = False

    def __init__(self, message: str = "", *, advice: str | None = None) -> None:
        super().__init__(message or self.title)
        self.message = message or self.title
        self.what_to_do = advice or self.advice

    def info(self) -> ErrorInfo:
        """Return the error as plain data."""
        return ErrorInfo(self.kind, self.title, self.message, self.what_to_do, self.retryable)
