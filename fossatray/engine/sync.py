"""One run from its start to the ledger: the scrape's answers heard, orders saved, the outcome written down."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from fossatray.core.accounts import Account
from fossatray.core.errors import (
    EmptyNotBelieved,
    ErrorInfo,
    FossaError,
    NotFound,
    SignInRefused,
    StoreError,
)
from fossatray.core.messages import BrowserChosen, Message, PageProgress, ScrapeRequest, SignedIn, SigningIn
from fossatray.core.runs import START, Outcome, Phase, Progress, Run, Trigger, advance, finished
from fossatray.core.secret import Secret
from fossatray.core.sessions import SessionDropped
from fossatray.core.status import Retry
from fossatray.engine.jobs import JOBS, RUN_JOBS, Errand, NothingToRead
from fossatray.engine.kept_sessions import keep_session, with_session
from fossatray.engine.parts import EngineParts
from fossatray.engine.results import finish
from fossatray.engine.retry import SHORTEST_TRY_S, Retries
from fossatray.engine.scrape_process import ScrapeProcess, new_run_folder
from fossatray.engine.sign_ins import SignInGate
from fossatray.engine.stopwatch import Stopwatch
from fossatray.engine.transcript import Reading, ScrapeFailed, Transcript
from fossatray.store.store import Store

log = logging.getLogger("fossatray.engine.sync")

WAITING = "waiting"
"""The phase in which a run waits for its next try."""


@dataclass(frozen=True, slots=True)
class Tell:
    """Whom a run tells how far it is: its progress, and that it waits for its next try (None: no more)."""

    progress: Callable[[Progress], None]
    retry: Callable[[Retry | None], None]


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be done: the account, the kind of job, whether a person waits, whether an empty list is believed.

    `force` reads also what was read lately, `believe` believes that the portal shows less than before. A `password` is
    used for this once, instead of the stored one. Until `retry_until` (aware) what failed for now is tried again; None:
    it is not. `profile` is the path of a portal profile that is used this once.
    """

    account: Account
    job: str
    attended: bool
    accept_empty: bool = False
    force: bool = False
    believe: bool = False
    password: Secret | None = field(default=None, repr=False)
    retry_until: datetime | None = None
    profile: str | None = None


class Sync:
    """Carries out one task with a scrape process."""

    def __init__(self, parts: EngineParts, store: Store, task: Task, tell: Tell) -> None:
        self._parts = parts
        self._store = store
        self._task = task
        self._tell = tell
        self._gate = SignInGate(parts, store, task.account, task.password)
        self._progress = START
        pauses_s = parts.limits.retry_pauses_s[: int(store.settings.get("retries"))]
        self._retries = Retries(task.retry_until, parts.chance, pauses_s)
        self._stopwatch = Stopwatch(parts.monotonic)
        self._ends = parts.monotonic() + (parts.limits.run_s or 60.0 * int(store.settings.get("run_minutes")))
        self._attempts_before = 0
        self._transcript = self._new_transcript()

    def so_far(self, run: Run) -> Run:
        """Return the run with its attempts (see core.runs.Run) and phase times so far."""
        attempts = self._attempts_before + self._transcript.attempts
        return replace(run, attempts=attempts, phases=self._stopwatch.laps)

    async def perform(self, run: Run) -> Run:
        """Carry out a run whose row is there and return it as it ended; every failure of ours ends in the ledger.

        A cancellation passes, with nothing written: the outcome is the caller's to record. So does a bug.
        """
        while True:
            try:
                return await self._try(run)
            except ScrapeFailed as failed:
                error, empty_sign = failed.error.info(), failed.empty_sign
            except FossaError as failure:
                error, empty_sign = failure.info(), None
            at = self._next_try(error)
            if at is not None:
                log.warning("run %d is tried again at %s: %s: %s", run.id, at.isoformat(), error.kind, error.message)
                await self._wait_until(at, error)
            if at is None or not self._retries.may_begin(self._parts.clock()):
                return self._failed(run, error, empty_sign)
            self._begin_anew()

    async def _try(self, run: Run) -> Run:
        """Read and save once. Raises ScrapeFailed or a FossaError."""
        self._stopwatch.enter(Phase.INITIALIZING)
        self._gate.check_blocked()
        store, clock = self._store, self._parts.clock
        ended: Run | None = None
        try:
            async with self._scraped() as reading:
                ended = self._save(run, reading)
        except NothingToRead as nothing:
            log.info("nothing has to be read: %s", nothing.reason)
            ended = finish(store, self.so_far(run), Outcome.SUCCEEDED, clock(), reason=nothing.reason, notify=True)
            self._tell_finished()
        except asyncio.CancelledError:
            if ended is None:
                raise
            log.info("run %d was to be cancelled when all of it was saved", run.id)
        except Exception:
            if ended is None:
                raise
            log.exception("run %d was saved, and its processes could not be ended", run.id)
        return ended

    def _save(self, run: Run, reading: Reading) -> Run:
        self._move(PageProgress(Phase.SAVING, reading.found))
        confirmed = self._task.accept_empty and not reading.orders
        job = RUN_JOBS[self._task.job]
        now, believe = self._parts.clock(), self._task.believe
        ended = job.commit(self._store, self.so_far(run), reading, now, confirmed=confirmed, believe=believe)
        self._keep_evidence(run)
        self._tell_finished()
        return ended

    def _tell_finished(self) -> None:
        self._progress = finished(self._progress)
        self._tell.progress(self._progress)

    @property
    def _left_s(self) -> float:
        """How many seconds are left of the run's time, which all of its tries and the pauses between them share."""
        return max(0.0, self._ends - self._parts.monotonic())

    def _next_try(self, error: ErrorInfo) -> datetime | None:
        """Return when it is tried again, or None: not at all, or not within the run's time."""
        now = self._parts.clock()
        at = self._retries.next(error, now)
        if at is None or (at - now).total_seconds() + SHORTEST_TRY_S > self._left_s:
            return None
        return at

    async def _wait_until(self, at: datetime, error: ErrorInfo) -> None:
        """Say that it is tried again, and wait for it."""
        self._stopwatch.enter(WAITING)
        self._tell.retry(Retry(at, error))
        await self._parts.sleep(max(0.0, (at - self._parts.clock()).total_seconds()))
        self._tell.retry(None)

    def _begin_anew(self) -> None:
        self._attempts_before += self._transcript.attempts
        self._transcript = self._new_transcript()
        self._progress = START
        self._tell.progress(START)

    def _new_transcript(self) -> Transcript:
        limits = self._parts.limits
        job, origin = JOBS[self._task.job], self._task.account.origin
        return Transcript(job, origin, limits.sign_ins_a_run, limits.output_bytes)

    async def read(self) -> Reading:
        """Let a scrape process do the job and return what it brought.

        Raises ScrapeFailed or a FossaError, or NothingToRead before anything is started.
        """
        async with self._scraped() as reading:
            return reading

    @asynccontextmanager
    async def _scraped(self) -> AsyncIterator[Reading]:
        """Let a scrape process do the job; what it brought can be saved while its processes are being ended.

        Raises ScrapeFailed or a FossaError, or NothingToRead before anything is started.
        """
        parts, transcript = self._parts, self._transcript
        folder = new_run_folder(parts.runs_folder)
        request = self._request(str(folder))
        transcript.expect(request)
        scrape = ScrapeProcess(parts, request, folder, transcript)
        try:
            async with scrape:
                async with aclosing(scrape.messages()) as messages:
                    async for message in messages:
                        await self._hear(message, scrape)
                reading = self._remembered(transcript.reading())
                scrape.begin_to_end()
                yield reading
        except asyncio.CancelledError:
            self._gate.given_up()
            raise
        except ScrapeFailed as failed:
            self._note_refusal(failed.error)
            raise

    def _request(self, folder: str) -> ScrapeRequest:
        parts, task, settings = self._parts, self._task, self._store.settings
        profile = task.profile or parts.profile_in_use()
        if profile is not None:
            log.info("a portal profile of the person's own is used")
        request = ScrapeRequest(
            job=task.job,
            account_id=task.account.id,
            origin=task.account.origin,
            username=task.account.username,
            run_folder=folder,
            password_from="engine" if self._gate.held_password is not None else "keyring",
            may_prompt=task.attended,
            browser_path=settings.get("browser_path") or None,
            browser_last=settings.get("browser_last") or None,
            profile_path=profile,
            accept_empty=task.accept_empty,
            empty_sign=self._store.orders.empty_sign(task.account.id),
            run_limit=self._left_s,
            parallel=int(settings.get("pages_at_once")),
            page_limit=parts.limits.page_s,
            evidence=parts.limits.evidence_s if task.job in RUN_JOBS and settings.get("evidence") == "on" else 0.0,
            show_browser=settings.get("show_browser") == "on",
            log_level="DEBUG" if settings.get("log_level") == "detailed" else parts.log_level,
        )
        request = with_session(self._store, request)
        return JOBS[task.job].request(self._store, Errand(request, task.force, parts.clock()))

    async def _hear(self, message: Message, scrape: ScrapeProcess) -> None:
        if isinstance(message, PageProgress):
            self._move(message)
        elif isinstance(message, SigningIn):
            await scrape.answer(self._gate.ask())
        elif isinstance(message, SignedIn):
            self._gate.answered(message.result)
        elif isinstance(message, BrowserChosen):
            self._note_browser(message)
        elif isinstance(message, SessionDropped):
            self._store.sessions.forget(self._task.account.id)

    def _move(self, told: PageProgress) -> None:
        self._progress = advance(
            self._progress,
            told.phase,
            found=told.found,
            page=told.page,
            pages=told.pages,
            done=told.done,
            checking=told.checking,
        )
        log.debug("%s: page %s of %s, %d found", told.phase, told.page or "?", told.pages or "?", told.found)
        self._stopwatch.enter(self._progress.phase)
        self._tell.progress(self._progress)

    def _note_browser(self, browser: BrowserChosen) -> None:
        log.info("browser: %s (%s)%s", browser.name, browser.path, "" if browser.sandbox else ", without its sandbox")

    def _remembered(self, reading: Reading) -> Reading:
        """Remember the browser that worked, and the session."""
        settings = self._store.settings
        if reading.finished.replaced:
            log.warning("%d characters that cannot be stored were replaced by U+FFFD", reading.finished.replaced)
        if reading.browser is not None and settings.get("browser_last") != reading.browser.path:
            settings.set("browser_last", reading.browser.path)
        if self._transcript.sealed is not None:
            keep_session(self._parts, self._store, self._task.account, self._transcript.sealed)
        return reading

    def _note_refusal(self, error: FossaError) -> None:
        """A refusal blocks the account, however it was said. What the scrape lived to tell was not cut off."""
        if isinstance(error, SignInRefused) and self._store.accounts.blocked(self._task.account.id) is None:
            self._gate.refused(error)
        self._gate.given_up()

    def _keep_evidence(self, run: Run) -> None:
        """Keep what the scrape's last try left as evidence; that this is not possible hinders nothing."""
        if self._transcript.evidence is not None:
            try:
                self._store.evidence.keep(run.id, self._transcript.evidence)
            except StoreError as error:
                log.warning("run %d: no evidence is kept: %s", run.id, error.message)

    def _failed(self, run: Run, error: ErrorInfo, empty_sign: str | None = None) -> Run:
        log.warning("run %d failed: %s: %s", run.id, error.kind, error.message)
        self._keep_evidence(run)
        reason = f"empty sign: {empty_sign}" if error.kind == EmptyNotBelieved.kind and empty_sign else None
        return record(self._parts, self._store, self.so_far(run), Outcome.FAILED, error, reason)


def record(
    parts: EngineParts,
    store: Store,
    run: Run,
    outcome: Outcome,
    error: ErrorInfo | None = None,
    reason: str | None = None,
) -> Run:
    """Write down how a run without new data ended, with the attempts and phase times in `run`.

    If even that fails (a full disk), it is said, not lost.
    """
    now, notify = parts.clock(), outcome is Outcome.FAILED
    try:
        return finish(store, run, outcome, now, error=error, reason=reason, notify=notify)
    except (StoreError, NotFound) as unwritten:
        log.error("the end of run %d could not be written down: %s", run.id, unwritten.message)
        return replace(run, finished_at=now, outcome=outcome, error=error or unwritten.info(), reason=reason)


def is_attended(trigger: Trigger) -> bool:
    """Tell whether a person waits for a run: only then may the keyring raise a prompt."""
    return trigger is Trigger.MANUAL
