"""One run from its start to the ledger: the scrape's answers heard, orders saved, the outcome written down."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, field, replace

from fossatray.core.accounts import Account
from fossatray.core.errors import (
    EmptyNotBelieved,
    ErrorInfo,
    FossaError,
    NotFound,
    SignInRefused,
    StoreError,
)
from fossatray.core.runs import START, Outcome, Phase, Progress, Run, Trigger, advance, finished
from fossatray.core.secret import Secret
from fossatray.core.wire import BrowserChosen, Message, PageProgress, ScrapeRequest, SignedIn, SigningIn
from fossatray.engine.jobs import JOBS
from fossatray.engine.ledger import commit
from fossatray.engine.parts import EngineParts
from fossatray.engine.scrape_process import ScrapeProcess, new_run_folder
from fossatray.engine.sign_ins import SignInGate
from fossatray.engine.transcript import Reading, ScrapeFailed, Transcript
from fossatray.store.store import Store

log = logging.getLogger("fossatray.engine.sync")

Tell = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be done: the account, the kind of job, whether a person waits, whether an empty list is believed.

    A `password` is used for this once, instead of the stored one.
    """

    account: Account
    job: str
    attended: bool
    accept_empty: bool = False
    password: Secret | None = field(default=None, repr=False)


class Sync:
    """Carries out one task with a scrape process."""

    def __init__(self, parts: EngineParts, store: Store, task: Task, tell: Tell) -> None:
        self._parts = parts
        self._store = store
        self._task = task
        self._tell = tell
        self._gate = SignInGate(parts, store, task.account, task.password)
        self._progress = START
        self._transcript = Transcript(JOBS[task.job], task.account.origin, parts.limits.sign_ins_a_run)

    @property
    def attempts(self) -> int:
        """1, and 1 more for whatever was tried again so far; see core.runs.Run."""
        return self._transcript.attempts

    async def perform(self, run: Run) -> Run:
        """Carry out a run whose row is there and return it as it ended; every failure of ours ends in the ledger.

        A cancellation passes, with nothing written: the outcome is the caller's to record. So does a bug.
        """
        try:
            self._gate.check_blocked()
            reading = await self.read()
            self._move(Phase.SAVING, found=len(reading.orders))
            confirmed = self._task.accept_empty and not reading.orders
            now = self._parts.clock()
            ended = commit(self._store, run, reading, now, confirmed=confirmed, attempts=self.attempts)
        except ScrapeFailed as failed:
            return self._failed(run, failed.error.info(), failed.empty_sign)
        except FossaError as error:
            return self._failed(run, error.info())
        self._progress = finished(self._progress)
        self._tell(self._progress)
        return ended

    async def read(self) -> Reading:
        """Let a scrape process do the job and return what it brought. Raises ScrapeFailed or a FossaError."""
        parts, transcript = self._parts, self._transcript
        folder = new_run_folder(parts.runs_folder)
        scrape = ScrapeProcess(parts, self._request(str(folder)), folder, transcript)
        try:
            async with scrape, aclosing(scrape.messages()) as messages:
                async for message in messages:
                    await self._hear(message, scrape)
            return self._remembered(transcript.reading())
        except asyncio.CancelledError:
            self._gate.given_up()
            raise
        except ScrapeFailed as failed:
            self._note_refusal(failed.error)
            raise

    def _request(self, folder: str) -> ScrapeRequest:
        parts, task, settings = self._parts, self._task, self._store.settings
        return ScrapeRequest(
            job=task.job,
            account_id=task.account.id,
            origin=task.account.origin,
            username=task.account.username,
            run_folder=folder,
            password_from="engine" if self._gate.held_password is not None else "keyring",
            may_prompt=task.attended,
            browser_path=settings.get("browser_path") or None,
            browser_last=settings.get("browser_last") or None,
            profile_path=parts.profile_path,
            accept_empty=task.accept_empty,
            empty_sign=self._store.orders.empty_sign(task.account.id),
            run_limit=parts.limits.run_s,
            page_limit=parts.limits.page_s,
            log_level="DEBUG" if settings.get("log_level") == "detailed" else parts.log_level,
        )

    async def _hear(self, message: Message, scrape: ScrapeProcess) -> None:
        if isinstance(message, PageProgress):
            self._move(message.phase, message.found, message.page, message.pages, message.done)
        elif isinstance(message, SigningIn):
            await scrape.answer(self._gate.ask())
        elif isinstance(message, SignedIn):
            self._gate.answered(message.result)
        elif isinstance(message, BrowserChosen):
            self._note_browser(message)

    def _move(
        self, phase: Phase, found: int = 0, page: int | None = None, pages: int | None = None, done: float = 0.0
    ) -> None:
        self._progress = advance(self._progress, phase, found=found, page=page, pages=pages, done=done)
        log.debug("%s: page %s of %s, %d orders", phase, page or "?", pages or "?", found)
        self._tell(self._progress)

    def _note_browser(self, browser: BrowserChosen) -> None:
        log.info("browser: %s (%s)%s", browser.name, browser.path, "" if browser.sandbox else ", without its sandbox")

    def _remembered(self, reading: Reading) -> Reading:
        """Remember the browser that worked."""
        settings = self._store.settings
        if reading.finished.replaced:
            log.warning("%d characters that cannot be stored were replaced by U+FFFD", reading.finished.replaced)
        if reading.browser is not None and settings.get("browser_last") != reading.browser.path:
            settings.set("browser_last", reading.browser.path)
        return reading

    def _note_refusal(self, error: FossaError) -> None:
        """A refusal blocks the account, however it was said. What the scrape lived to tell was not cut off."""
        if isinstance(error, SignInRefused) and self._store.accounts.blocked(self._task.account.id) is None:
            self._gate.refused(error)
        self._gate.given_up()

    def _failed(self, run: Run, error: ErrorInfo, empty_sign: str | None = None) -> Run:
        log.warning("run %d failed: %s: %s", run.id, error.kind, error.message)
        reason = f"empty sign: {empty_sign}" if error.kind == EmptyNotBelieved.kind and empty_sign else None
        run = replace(run, attempts=self.attempts)
        return record(self._parts, self._store, run, Outcome.FAILED, error, reason)


def record(
    parts: EngineParts,
    store: Store,
    run: Run,
    outcome: Outcome,
    error: ErrorInfo | None = None,
    reason: str | None = None,
) -> Run:
    """Write down how a run without new data ended, with the attempts in `run`.

    If even that fails (a full disk), it is said, not lost.
    """
    now, notify = parts.clock(), outcome is Outcome.FAILED
    try:
        return store.runs.finish(run.id, outcome, now, error=error, reason=reason, attempts=run.attempts, notify=notify)
    except (StoreError, NotFound) as unwritten:
        log.error("the end of run %d could not be written down: %s", run.id, unwritten.message)
        return replace(run, finished_at=now, outcome=outcome, error=error or unwritten.info(), reason=reason)


def is_attended(trigger: Trigger) -> bool:
    """Tell whether a person waits for a run: only then may the keyring raise a prompt."""
    return trigger is Trigger.MANUAL
