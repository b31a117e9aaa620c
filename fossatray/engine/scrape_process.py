"""One scrape, one child process: started, fed, listened to, and ended with everything that it started.

Whatever happens, all processes of the run are ended and its folder is removed. On POSIX the child leads a session of
its own; descendants are found by parentage, group and the run's folder (system.processes). Where the child has ended by
itself, as it does after its last message, the browser's driver and the browser are found by the folder: in their
environment or their arguments. On Windows the same list ends them; the seam for a Job object with kill-on-close is
`_start`: without one, psutil's list is what there is, and the sweep at the next start catches what a kill of the whole
program left.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import sys
from collections.abc import AsyncGenerator
from functools import partial
from pathlib import Path
from typing import Self

from fossatray.core.errors import BrowserTooLarge, FossaError, RunTimeout, ScrapeProcessDied, StoreUnsuitable
from fossatray.core.messages import LogLine, Message, ScrapeRequest, SignInAnswer
from fossatray.core.text import visible
from fossatray.core.wire import LINE_LIMIT, decode_message, encode_answer, encode_request
from fossatray.engine.memory_watch import until_too_large
from fossatray.engine.parts import EngineParts
from fossatray.engine.transcript import Transcript
from fossatray.system.processes import end_tree, remove_run_folder

log = logging.getLogger("fossatray.engine.scrape")
child_log = logging.getLogger("fossatray.scrape")

STREAM_LIMIT = 2 * LINE_LIMIT
STDERR_LIMIT = 64 * 1024
_REMOVALS, _REMOVAL_PAUSE_S = 5, 0.1
_LEVELS = {"DEBUG": 10, "INFO": 20, "WARNING": 30, "ERROR": 40, "CRITICAL": 40}


def new_run_folder(runs: Path) -> Path:
    """Return the path of a new run's folder: a short name, since the browser makes sockets below it."""
    return runs / secrets.token_hex(4)


def make_run_folder(folder: Path) -> None:
    """Make a run's folder, closed to others. Raises StoreUnsuitable."""
    try:
        folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.mkdir(mode=0o700)
    except OSError as error:
        raise StoreUnsuitable(f"No folder can be made for the sync: {error.strerror}.") from error


async def end_everything(pid: int | None, folder: Path, runs: Path, deadline_s: float) -> bool:
    """End every process of a run and remove its folder, in a thread; returns whether nothing of it is left."""
    return await _gone(_begin_to_end(pid, folder, deadline_s), folder, runs)


def _begin_to_end(pid: int | None, folder: Path, deadline_s: float) -> asyncio.Future[list[int]]:
    """Begin to end every process of a run, in a thread; gives the ids of those that could not be ended."""
    loop = asyncio.get_running_loop()
    return loop.run_in_executor(None, partial(end_tree, pid, run_folder=folder, deadline_s=deadline_s))


async def _gone(ending: asyncio.Future[list[int]], folder: Path, runs: Path) -> bool:
    """Wait until every process has ended, and remove the run's folder; returns whether nothing is left."""
    alive = await ending
    gone = await asyncio.to_thread(remove_run_folder, folder, runs=runs)
    for _ in range(_REMOVALS):
        if not gone:  # Windows keeps a file for a moment after the process that had it
            await asyncio.sleep(_REMOVAL_PAUSE_S)
            gone = await asyncio.to_thread(remove_run_folder, folder, runs=runs)
    if alive or not gone:
        log.error("left behind by a run: processes %s, folder %s", alive or "none", "gone" if gone else folder.name)
    return gone and not alive


class ScrapeProcess:
    """A scrape process from start to end: `async with ScrapeProcess(...) as scrape`, then `scrape.messages()`."""

    def __init__(self, parts: EngineParts, request: ScrapeRequest, folder: Path, transcript: Transcript) -> None:
        self._parts = parts
        self._limits = parts.limits
        self._request = request
        self._folder = folder
        self._transcript = transcript
        self._process: asyncio.subprocess.Process | None = None
        self._stderr: asyncio.Task[None] | None = None
        self._watching: asyncio.Task[None] | None = None
        self._too_much: FossaError | None = None
        self._ending: asyncio.Future[list[int]] | None = None

    async def __aenter__(self) -> Self:
        try:
            make_run_folder(self._folder)
            await self._start()
        except BaseException:
            await self._end()
            raise
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._end()

    @property
    def pid(self) -> int | None:
        """The child's process id, while there is one."""
        return self._process.pid if self._process else None

    async def messages(self) -> AsyncGenerator[Message, None]:
        """Yield the child's messages, checked by the transcript, until it closes its output.

        Raises RunTimeout after the run's limit, BrowserTooLarge when the browser uses too much memory,
        ScrapeProcessDied for anything that is not understood.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._request.run_limit + self._limits.grace_s
        while True:
            if self._transcript.end is not None:
                deadline = min(deadline, loop.time() + self._limits.closing_s)
            try:
                async with asyncio.timeout_at(deadline):
                    line = await self._line()
                if self._too_much is not None and self._transcript.end is None:
                    raise self._too_much
            except TimeoutError:
                if self._transcript.end is None:
                    raise RunTimeout from None
                log.warning("the scrape process did not end by itself after its last message")
                return
            if not line:
                return
            message = decode_message(line)
            self._transcript.take(message, len(line))
            if isinstance(message, LogLine):
                self._write_log(message)
            else:
                yield message

    def begin_to_end(self) -> None:
        """Begin to end its processes, once its messages are heard, while something else is done; the exit waits."""
        self._ending = _begin_to_end(self.pid, self._folder, self._limits.end_s)

    async def answer(self, answer: SignInAnswer) -> None:
        """Answer the child's question whether it may sign in. That it has ended meanwhile shows in its messages."""
        process = self._running()
        assert process.stdin is not None
        with contextlib.suppress(ConnectionError):
            process.stdin.write(encode_answer(answer))
            await process.stdin.drain()

    async def _start(self) -> None:
        try:
            self._process = await asyncio.create_subprocess_exec(
                *self._parts.child_command("scrape"),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env=self._parts.child_environment(run_folder=self._folder),
                cwd=self._parts.folder,
                start_new_session=sys.platform != "win32",
                limit=STREAM_LIMIT,
            )
        except OSError as error:
            raise ScrapeProcessDied(f"The reading process could not be started: {error.strerror}.") from error
        log.debug("scrape process %d started", self._process.pid)
        self._stderr = asyncio.create_task(self._read_stderr(), name="scrape stderr")
        self._watching = asyncio.create_task(self._watch_memory(self._process.pid), name="scrape memory")
        assert self._process.stdin is not None
        with contextlib.suppress(ConnectionError):
            self._process.stdin.write(encode_request(self._request))
            await self._process.stdin.drain()

    async def _line(self) -> bytes:
        """Return the next line, or nothing at the end. Raises ScrapeProcessDied for one that is too long or cut off."""
        process = self._running()
        assert process.stdout is not None
        try:
            line = await process.stdout.readline()
        except ValueError as error:  # asyncio's way to say that the limit was passed
            raise ScrapeProcessDied("The reading process sent a line that is too long.") from error
        if line and not line.endswith(b"\n") and self._too_much is None:
            raise ScrapeProcessDied("The reading process ended in the middle of a message.")
        return line

    async def _read_stderr(self) -> None:
        """Log what the child writes to standard error, up to a limit; read on to its end, so that it never blocks."""
        process = self._running()
        assert process.stderr is not None
        left = STDERR_LIMIT
        rest = b""
        while chunk := await process.stderr.read(4096):
            self._count(len(chunk))
            *lines, rest = (rest + chunk[:left]).split(b"\n")
            left -= min(left, len(chunk))
            for line in lines:
                self._write_stderr(line)
        self._write_stderr(rest)

    def _count(self, size: int) -> None:
        try:
            self._transcript.note_output(size)
        except ScrapeProcessDied as error:
            self._stop_for(error)

    async def _watch_memory(self, pid: int) -> None:
        """End the run when its browser uses too much memory."""
        limits = self._limits
        used = await until_too_large(pid, limits.memory_bytes, limits.memory_look_s)
        log.warning("the browser uses %d MB; the run is ended", used // 1024**2)
        self._stop_for(BrowserTooLarge(f"It used more than {limits.memory_bytes // 1024**2:,} MB, and was ended."))

    def _stop_for(self, error: FossaError) -> None:
        """Kill the child, so that its output ends and `messages` raises `error`; what it started is ended later."""
        process = self._running()
        if self._too_much is None and process.returncode is None:
            self._too_much = error
            with contextlib.suppress(ProcessLookupError):
                process.kill()

    def _write_stderr(self, line: bytes) -> None:
        text = visible(line.decode("utf-8", "replace").rstrip())
        if text:
            child_log.warning("%s", text)

    def _write_log(self, line: LogLine) -> None:
        if not self._transcript.log_is_full:
            child_log.log(_LEVELS.get(line.level, 20), "%s", visible(line.text))

    async def _end(self) -> None:
        """End everything; a cancellation meanwhile does not cut it short."""
        await uninterrupted(self._end_all())

    async def _end_all(self) -> None:
        process = self._process
        if process is not None and process.stdin is not None:
            process.stdin.close()
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
        try:
            ending = self._ending or _begin_to_end(self.pid, self._folder, self._limits.end_s)
            await _gone(ending, self._folder, self._parts.runs_folder)
        finally:
            await self._let_go(process)

    async def _let_go(self, process: asyncio.subprocess.Process | None) -> None:
        """Wait for the child's exit status and close its pipes."""
        if process is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1.0):
                    await process.wait()
        if self._stderr is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(0.5):
                    await asyncio.shield(self._stderr)
            self._stderr.cancel()
            await asyncio.gather(self._stderr, return_exceptions=True)
        if process is not None:
            process._transport.close()  # type: ignore[attr-defined]  # noqa: SLF001 - asyncio offers no other way

    def _running(self) -> asyncio.subprocess.Process:
        if self._process is None:
            raise ScrapeProcessDied("The reading process is not running.")
        return self._process


async def uninterrupted(work: object) -> None:
    """Await to the end what must not be cut short; a cancellation that comes meanwhile is raised afterwards."""
    task = asyncio.ensure_future(work)  # type: ignore[call-overload]
    cancelled = False
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            if task.cancelled():
                raise
            cancelled = True
        except Exception:  # noqa: BLE001 - raised by result() below
            break
    task.result()
    if cancelled:
        raise asyncio.CancelledError
