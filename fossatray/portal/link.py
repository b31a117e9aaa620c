"""The scrape process's two lines to the engine: what it is asked and answered, and what it tells."""

from __future__ import annotations

import asyncio
import sys
from typing import BinaryIO

from fossatray.core.errors import FossaError, LayoutChanged
from fossatray.core.messages import LogLine, Message, SignedIn, SignInAnswer, SigningIn
from fossatray.core.wire import LINE_LIMIT, decode_answer, encode_message

_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


class EngineGone(Exception):
    """The engine closed its end: the run is to end at once. Not an error that a person is told about."""


class EngineLink:
    """Reads lines from the engine and writes messages to it. `closed` is set when the engine closes its end.

    `signing_in` tells whether the engine was told of a sign-in, and not yet how it ended.
    """

    def __init__(self, protocol: BinaryIO, *, log_level: str = "INFO") -> None:
        self._protocol = protocol
        self._lines: asyncio.Queue[bytes] = asyncio.Queue(maxsize=16)
        self.closed = asyncio.Event()
        self.signing_in = False
        self.log_level = log_level

    async def listen(self, source: BinaryIO) -> None:
        """Take in lines until the engine closes its end or sends a line that is too long; then set `closed`."""
        loop = asyncio.get_running_loop()
        transport: asyncio.BaseTransport | None = None
        try:
            if sys.platform == "win32":  # its pipes can only be read by waiting for them
                while line := await loop.run_in_executor(None, source.readline, LINE_LIMIT):
                    await self._lines.put(line)
                return
            reader = asyncio.StreamReader(limit=LINE_LIMIT)
            transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), source)
            while line := await reader.readline():
                await self._lines.put(line)
        except (ValueError, OSError):
            return  # too long a line, or the pipe broke: as good as closed
        finally:
            if transport is not None:
                transport.close()
            self.closed.set()

    async def line(self) -> bytes:
        """Return the next line of the engine. Raises EngineGone when there will be none."""
        if not self._lines.empty():
            return self._lines.get_nowait()
        getting = asyncio.ensure_future(self._lines.get())
        closing = asyncio.ensure_future(self.closed.wait())
        try:
            await asyncio.wait({getting, closing}, return_when=asyncio.FIRST_COMPLETED)
            if getting.done():
                return getting.result()
            raise EngineGone
        finally:
            getting.cancel()
            closing.cancel()

    async def answer(self) -> SignInAnswer:
        """Return the engine's answer to SigningIn. Raises FossaError for a line that is none, EngineGone."""
        try:
            return decode_answer(await self.line())
        except ValueError:
            raise FossaError("The answer to the sign-in was not understood.") from None

    def send(self, message: Message) -> None:
        """Tell the engine something. Raises EngineGone when nobody listens, LayoutChanged for too long a line."""
        line = encode_message(message)
        if len(line) > LINE_LIMIT:
            raise LayoutChanged("A work order of the list is longer than FossaTray reads.")
        try:
            self._protocol.write(line)
            self._protocol.flush()
        except (OSError, ValueError):
            raise EngineGone from None
        if isinstance(message, SigningIn | SignedIn):
            self.signing_in = isinstance(message, SigningIn)

    def log(self, level: str, text: str) -> None:
        """Send a line for the log, if its level ("DEBUG" … "CRITICAL") is wanted; `text` must hold no secret."""
        wanted = self.log_level.upper()
        if _LEVELS.index(level) >= (_LEVELS.index(wanted) if wanted in _LEVELS else 1):
            self.send(LogLine(level, text[:2000]))
