"""A download server on this machine for Playwright's installer, and stand-ins for the browser to download from it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile, ZipInfo

PATIENCE_S = 60.0
STAND_IN = "#!/bin/sh\nexit 0\n"


def archive(script: str) -> Callable[[str], bytes]:
    """Return what packs a stand-in for the browser the way the download of this name is packed."""

    def pack(name: str) -> bytes:
        file = BytesIO()
        with ZipFile(file, "w") as packed:
            entry = ZipInfo(f"{name}/chrome-headless-shell")
            entry.external_attr = 0o755 << 16
            packed.writestr(entry, script)
        return file.getvalue()

    return pack


@dataclass
class DownloadServer:
    """Answers every request alike, and knows what was asked for. Without an answer it keeps whoever asks waiting."""

    pack: Callable[[str], bytes] | None = None
    status: str = "200 OK"
    asked: list[str] = field(default_factory=list)
    origin: str = ""
    _reached: asyncio.Event = field(default_factory=asyncio.Event)
    _answering: dict[asyncio.StreamWriter, asyncio.Task[None]] = field(default_factory=dict)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[DownloadServer]:
        """Listen on a free port of 127.0.0.1 until the end."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.origin = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        try:
            yield self
        finally:
            server.close()
            for writer in self._answering:
                writer.close()  # whoever asks is gone, or going: its end is not left to the loop's
            async with asyncio.timeout(PATIENCE_S):
                await asyncio.gather(*self._answering.values(), return_exceptions=True)

    async def reached(self) -> None:
        """Wait until somebody asks."""
        async with asyncio.timeout(PATIENCE_S):
            await self._reached.wait()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._answering[writer] = task
        try:
            await self._answer(reader, writer)
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()
            del self._answering[writer]

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        path = head.split()[1].decode()
        self.asked.append(path)
        self._reached.set()
        if self.pack is None:
            await reader.read()  # until whoever asked has gone
        else:
            body = self.pack(Path(path).stem) if self.status.startswith("200") else b""
            writer.write(f"HTTP/1.1 {self.status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode())
            writer.write(body)
            await writer.drain()


@contextmanager
def serving(server: DownloadServer) -> Iterator[DownloadServer]:
    """Serve from a thread of its own, for tests that are busy with something else than asyncio."""
    loop = asyncio.new_event_loop()
    is_open, leave = threading.Event(), asyncio.Event()

    async def serve() -> None:
        async with server.open():
            is_open.set()
            await leave.wait()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), name="downloads")
    thread.start()
    try:
        assert is_open.wait(PATIENCE_S)
        yield server
    finally:
        loop.call_soon_threadsafe(leave.set)
        thread.join(PATIENCE_S)
        loop.close()
