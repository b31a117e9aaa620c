"""Runs, planned occurrences and progress: what is happening and what became of it. All moments are aware UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from fossatray.core.errors import ErrorInfo

if TYPE_CHECKING:
    from fossatray.core.evidence import KeptEvidence

WORK_ORDERS = "work_orders"
DISPENSERS = "dispensers"
"""The jobs that a run can do: the list of open orders, or the dispensers at the sites of these."""

NO_SITES = "no open order asks for dispensers"
ALL_FRESH = "all dispensers were read lately"
NOTHING_ASKED = (NO_SITES, ALL_FRESH)
"""The reasons of a run that had nothing to ask the portal for."""


class Trigger(StrEnum):
    """Why a run was started."""

    SCHEDULED = "scheduled"
    CATCH_UP = "catch_up"
    MANUAL = "manual"
    CHAINED = "chained"


class Outcome(StrEnum):
    """How a run ended."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"


class Fate(StrEnum):
    """What became of a planned occurrence."""

    RUN = "run"
    SKIPPED = "skipped"
    MISSED = "missed"


class Reason(StrEnum):
    """Why a planned occurrence was skipped or missed; kept with it, and part of the public JSON."""

    PAUSED = "paused"
    SWITCHED_OFF = "switched off"
    TOO_LATE = "too late"
    STILL_RUNNING = "still running"
    REFUSED = "sign-in refused"
    LOCKED = "locked"
    NO_PASSWORD = "no password"  # noqa: S105 (a reason)
    BATTERY = "battery"
    METERED = "metered"
    OFFLINE = "offline"
    NOT_RUNNING = "FossaTray was not running"
    ASLEEP = "the computer was asleep or busy"


class Phase(StrEnum):
    """The phases of a run, in order; the public names of `status --json`."""

    INITIALIZING = "initializing"
    LOGGING_IN = "logging_in"
    SCRAPING = "scraping"
    SAVING = "saving"


@dataclass(frozen=True, slots=True)
class Counts:
    """What a run found and did, in work orders."""

    found: int = 0
    new: int = 0
    changed: int = 0
    archived: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """One real execution. `outcome` is None while it runs; `planned_at` is None for a manual one.

    `finished_at` of an interrupted one is when that was noticed, at the next start: it tells no duration. `attempts` is
    1, and 1 more for whatever was tried again within the run: a sign-in after an unclear one or for a session that was
    lost, a list read again because an earlier reading of it could not be proved complete. `schedule_id` is None for one
    that no schedule started, or whose schedule was removed and is kept no longer; `phases` are names with seconds, in
    order.
    """

    id: int
    account_id: str
    job: str
    trigger: Trigger
    planned_at: datetime | None
    started_at: datetime
    finished_at: datetime | None = None
    outcome: Outcome | None = None
    reason: str | None = None
    counts: Counts = Counts()
    attempts: int = 1
    error: ErrorInfo | None = None
    schedule_id: int | None = None
    phases: tuple[tuple[str, float], ...] = ()

    @property
    def asked_nothing(self) -> bool:
        """Whether it had nothing to ask the portal for: its success proves nothing, and ends no row of failures."""
        return self.outcome is Outcome.SUCCEEDED and self.reason in NOTHING_ASKED


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One planned moment of a schedule and what became of it; `run_id` where it ran."""

    schedule_id: int
    planned_at: datetime
    fate: Fate
    reason: str | None = None
    run_id: int | None = None


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One line of the history: a run, or an occurrence that was skipped or missed (then `id` is None).

    `schedule` is the schedule's name, None where no schedule started the run or it is kept no longer.
    """

    id: int | None
    account_id: str
    account: str
    job: str
    trigger: Trigger
    planned_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None
    outcome: str | None
    reason: str | None
    counts: Counts
    attempts: int
    error: ErrorInfo | None
    schedule_id: int | None = None
    schedule: str | None = None
    phases: tuple[tuple[str, float], ...] = ()
    evidence: KeptEvidence | None = None

    def to_json(self) -> dict[str, object]:
        """Return the public JSON form of `fossatray history --json`."""
        return {
            "id": self.id,
            "account": self.account,
            "job": self.job,
            "schedule": self.schedule,
            "schedule_id": self.schedule_id,
            "trigger": self.trigger.value,
            "planned_at": iso(self.planned_at),
            "started_at": iso(self.started_at),
            "finished_at": iso(self.finished_at),
            "outcome": self.outcome,
            "reason": self.reason,
            "found": self.counts.found,
            "new": self.counts.new,
            "changed": self.counts.changed,
            "archived": self.counts.archived,
            "attempts": self.attempts,
            "error_kind": self.error.kind if self.error else None,
            "error_message": self.error.message if self.error else None,
            "advice": self.error.advice if self.error else None,
            "phases": dict(self.phases),
            "evidence": list(self.evidence.files) if self.evidence else None,
        }


def iso(moment: datetime | None) -> str | None:
    """Return a moment as ISO 8601 in UTC with a Z, to the millisecond if it has one."""
    if moment is None:
        return None
    spec = "milliseconds" if moment.microsecond else "seconds"
    return moment.isoformat(timespec=spec).replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: phase, percentage 0 to 100, work orders found, page of pages where known.

    `checking` tells that the page was read already and is looked at once more.
    """

    phase: Phase
    percentage: int
    found: int = 0
    page: int | None = None
    pages: int | None = None
    checking: bool = False


START = Progress(Phase.INITIALIZING, 5)
_FLOOR = {Phase.INITIALIZING: 5, Phase.LOGGING_IN: 15, Phase.SCRAPING: 25, Phase.SAVING: 90}
_CEILING = {Phase.INITIALIZING: 14, Phase.LOGGING_IN: 24, Phase.SCRAPING: 90, Phase.SAVING: 99}


def advance(
    last: Progress,
    phase: Phase,
    *,
    found: int = 0,
    page: int | None = None,
    pages: int | None = None,
    done: float = 0.0,
    checking: bool = False,
) -> Progress:
    """Return the next progress: `done` (0 to 1) of the phase's own span; it never runs backwards.

    Only what is saved may be less than was found before: by a reading of the list that was begun again.
    100 % is not given here: it is said only after the commit (see :func:`finished`).
    """
    span = _CEILING[phase] - _FLOOR[phase]
    percentage = _FLOOR[phase] + round(span * min(max(done, 0.0), 1.0))
    order = list(Phase)
    if order.index(phase) < order.index(last.phase):
        phase = last.phase
    if phase is not Phase.SAVING:
        found = max(found, last.found)
    return Progress(phase, max(percentage, last.percentage), found, page, pages, checking)


def finished(last: Progress) -> Progress:
    """Return the progress after the commit: 100 %."""
    return Progress(Phase.SAVING, 100, last.found, last.page, last.pages)
