"""Plays the engine's part for the scrape process: starts it, sends the request, answers it, collects its messages."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self, TypeVar

from fossatray.core.errors import FossaError
from fossatray.core.messages import (
    BrowserChosen,
    Failed,
    Finished,
    LogLine,
    Message,
    OrderRead,
    PageProgress,
    ScrapeRequest,
    SignedIn,
    SignInAnswer,
    SigningIn,
)
from fossatray.core.orders import WorkOrder
from fossatray.core.secret import Secret
from fossatray.core.wire import LINE_LIMIT, decode_message, encode_answer, encode_request, error_of
from fossatray.system.processes import child_command, child_environment, end_tree

T = TypeVar("T")


@dataclass
class Heard:
    """Everything a scrape process said, in order, and how it ended."""

    messages: list[Message] = field(default_factory=list)
    stderr: bytes = b""
    status: int | None = None

    def all(self, kind: type[T]) -> list[T]:
        return [message for message in self.messages if isinstance(message, kind)]

    @property
    def orders(self) -> list[WorkOrder]:
        """What counts of the orders: those of the last reading that began, and none at all without a proof."""
        orders: list[WorkOrder] = []
        for message in self.messages:
            if isinstance(message, OrderRead):
                orders.append(message.order)
            elif isinstance(message, PageProgress) and message.page == 1 and not message.found:
                orders.clear()
        return orders if self.all(Finished) else []

    @property
    def finished(self) -> Finished:
        assert isinstance(self.messages[-1], Finished), (self.messages[-3:], self.stderr[-2000:])
        return self.messages[-1]

    @property
    def failed(self) -> Failed:
        assert isinstance(self.messages[-1], Failed), (self.messages[-3:], self.stderr[-2000:])
        return self.messages[-1]

    @property
    def error(self) -> FossaError:
        return error_of(self.failed)

    @property
    def browser(self) -> BrowserChosen:
        return self.all(BrowserChosen)[0]

    @property
    def sign_ins(self) -> list[str]:
        return [message.result for message in self.all(SignedIn)]

    @property
    def progress(self) -> list[PageProgress]:
        return self.all(PageProgress)

    @property
    def log(self) -> str:
        return "\n".join(f"{line.level} {line.text}" for line in self.all(LogLine))


class ScrapeDriver:
    """One scrape process; an async context manager that leaves neither process nor browser behind."""

    def __init__(
        self,
        request: ScrapeRequest,
        password: str | None,
        *,
        allowed: bool = True,
        on_message: Callable[[Message], None] | None = None,
        command: Sequence[str] | None = None,
        environment: dict[str, str] | None = None,
    ) -> None:
        self.request = request
        self.heard = Heard()
        self._answer = SignInAnswer(allowed, None if password is None else Secret(password))
        self._on_message = on_message
        self._command = list(command or child_command("scrape"))
        self._folder = Path(request.run_folder)
        self._environment = environment or child_environment(run_folder=self._folder)
        self.process: asyncio.subprocess.Process

    async def __aenter__(self) -> Self:
        self.process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=self._environment,
            cwd=self._folder,
            limit=LINE_LIMIT,
        )
        self._write(encode_request(self.request))
        return self

    async def __aexit__(self, *_: object) -> None:
        end_tree(self.process.pid, run_folder=self._folder)
        await self.process.wait()
        self.close_input()

    def close_input(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()

    def _write(self, line: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line)

    async def listen(self, *, until: type[Message] | None = None, answer: bool = True) -> Heard:
        """Take in messages up to the first of a kind, or to the end of the process."""
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        while line := await self.process.stdout.readline():
            message = decode_message(line)
            self.heard.messages.append(message)
            if self._on_message is not None:
                self._on_message(message)
            if isinstance(message, SigningIn) and answer:
                self._write(encode_answer(self._answer))
            if until is not None and isinstance(message, until):
                return self.heard
        self.heard.stderr = await self.process.stderr.read()
        self.heard.status = await self.process.wait()
        return self.heard


def a_request(origin: str, username: str, folder: Path, browser: Path | str | None, **changes: object) -> ScrapeRequest:
    """A request for the work orders with the password from the engine; a field may be given otherwise."""
    request = ScrapeRequest(
        job="work_orders",
        account_id="account-1",
        origin=origin,
        username=username,
        run_folder=str(folder),
        password_from="engine",
        browser_path=None if browser is None else str(browser),
        page_limit=20.0,
        run_limit=100.0,
        log_level="DEBUG",
    )
    return replace(request, **changes)  # type: ignore[arg-type]


async def scrape(request: ScrapeRequest, password: str | None, **driver: object) -> Heard:
    """Run one scrape process to its end."""
    async with ScrapeDriver(request, password, **driver) as child:  # type: ignore[arg-type]
        return await child.listen()


def is_root() -> bool:
    return os.geteuid() == 0
