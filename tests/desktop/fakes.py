"""Example data and stand-ins for the rooms below, for the tests of the windows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from fossatray.core.accounts import Account
from fossatray.core.changes import Change, FieldChange, Kind, StoredChange
from fossatray.core.commands import Command, SaveAccount, SaveSchedule
from fossatray.core.dispensers import StoredDispenser
from fossatray.core.errors import EmptyNotBelieved, ErrorInfo, FossaError, PortalUnreachable
from fossatray.core.locations import StoredLocation
from fossatray.core.orders import Address, Service, StoredOrder, Visit, WorkOrder
from fossatray.core.runs import DISPENSERS, Counts, HistoryEntry, Outcome, Phase, Progress, Run, Trigger
from fossatray.core.schedules import Schedule
from fossatray.core.statistics import Statistics
from fossatray.core.status import AccountState, AppState, ScheduleState
from fossatray.core.why import Why
from fossatray.core.words import Words
from fossatray.engine.beside import Beside
from fossatray.ui.services import Done, Failed, KeyringReply, OrdersReader, WindowServices
from fossatray.ui.words_qt import make_words

Part = TypeVar("Part", bound=QWidget)

NOW = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
ACCOUNT = Account("a" * 32, "Field", "https://app.workfossa.com", "tech@example.com")
OTHER = Account("b" * 32, "Night shift", "https://app.workfossa.com", "night@example.com")
SCHEDULE = Schedule(1, ACCOUNT.id, name="Work orders")
HOSTILE = '<img src="file:///etc/passwd"><b>bold</b> & "quoted"\u202e\x07'


def saved_account(command: SaveAccount) -> Account:
    """Return the account that a save makes."""
    return Account(command.account_id or "c" * 32, command.name, command.portal, command.username)


def saved_schedule(command: SaveSchedule) -> Schedule:
    """Return the schedule that a save makes."""
    return command.schedule


class Clock:
    """A clock that stands until it is set."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def first(widget: QWidget, kind: type[Part]) -> Part:
    """Return the first part of a kind inside a widget."""
    return widget.findChildren(kind)[0]


def words() -> Words:
    """Return the words in UTC and twelve hours."""
    return make_words(UTC)


def run(outcome: Outcome | None, *, ended_ago: float = 180.0, error: ErrorInfo | None = None, run_id: int = 7) -> Run:
    """Return a run of ACCOUNT that ended so many seconds ago; under way with no outcome."""
    ended = NOW - timedelta(seconds=ended_ago) if outcome is not None else None
    counts = Counts(60, 3, 1, 2) if outcome is Outcome.SUCCEEDED else Counts()
    started = NOW - timedelta(seconds=ended_ago + 42)
    return Run(
        run_id, ACCOUNT.id, "work_orders", Trigger.SCHEDULED, started, started, ended, outcome, None, counts, 1, error
    )


def armed(schedule: Schedule = SCHEDULE, held: str | None = None, **changes: object) -> ScheduleState:
    """Return a schedule whose next run is in an hour, with something else in it; none while it is held."""
    changed = replace(schedule, **changes)  # type: ignore[arg-type]
    return ScheduleState(changed, NOW + timedelta(hours=1) if held is None else None, held)


def account_state(**changes: object) -> AccountState:
    """Return a healthy account that synced 3 minutes ago, with something else in it."""
    state = AccountState(ACCOUNT, (armed(),), last_run=run(Outcome.SUCCEEDED), open_orders=60)
    return replace(state, **changes)  # type: ignore[arg-type]


def states() -> dict[str, AppState]:
    """Return a state for each face of the program."""
    failed = run(Outcome.FAILED, error=PortalUnreachable("app.workfossa.com could not be found.").info())
    dispensers = replace(run(Outcome.SUCCEEDED, ended_ago=2), job=DISPENSERS)
    progress = Progress(Phase.SCRAPING, 45, 15, 2, 3)
    return {
        "idle": AppState((account_state(),)),
        "syncing": AppState((account_state(run=run(None), progress=progress),)),
        "success": AppState((account_state(last_run=run(Outcome.SUCCEEDED, ended_ago=2)),)),
        "dispensers_read": AppState((account_state(last_run=dispensers),)),
        "failure": AppState((account_state(last_run=failed),)),
        "paused": AppState((account_state(schedules=(armed(held="paused", enabled=False),)),)),
        "not_set_up": AppState(),
    }


def order(number: int, **changes: object) -> WorkOrder:
    """Return a believable order."""
    stores = ("Wawa", "7-Eleven Stores, Inc", "Circle K Stores Florida Region", "Speedway LLC")
    day = TODAY + timedelta(days=number % 9 - 2)
    made = WorkOrder(
        number=str(129000 + number),
        customer=stores[number % 4],
        customer_url="https://app.workfossa.com/app/customers/77/",
        store_number=f"#{5000 + number}",
        site_name=stores[number % 4].split()[0],
        location_url=f"https://app.workfossa.com/app/customers/locations/{32000 + number}/",
        address=Address(
            f"{100 + number} N Main St", (), "Tampa" if number % 2 else "Ocala", "FL", "33602", "Hillsborough County"
        ),
        services=(Service("Meter Calibration", "All Dispensers", "2861", 8),),
        instructions="Calibrate all dispensers.\nCall the store first.",
        visit=Visit(
            str(131000 + number),
            f"https://app.workfossa.com/app/work/{129000 + number}/visits/{131000 + number}/",
            day,
            "anytime",
            day + timedelta(days=1),
        ),
        visits_done=0,
        visits_total=1,
        status="Work Created",
        reason="AccuMeasure",
        project="FL 2026",
        created_by="Pat Example",
        created_at=datetime(2026, 11, 2, 9, 15),
        categories=("AccuMeasure",),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def stored(made: WorkOrder, *, account_id: str = ACCOUNT.id, archived: datetime | None = None) -> StoredOrder:
    """Return an order as it is kept."""
    return StoredOrder(account_id, made, NOW - timedelta(days=3), NOW, archived)


def entry(
    entry_id: int | None,
    outcome: str | None,
    *,
    hours: float = 1.0,
    error: ErrorInfo | None = None,
    reason: str | None = None,
) -> HistoryEntry:
    """Return a line of the history."""
    at = NOW - timedelta(hours=hours)
    counts = Counts(60, 3, 1, 2) if outcome == "succeeded" else Counts()
    ran = entry_id is not None
    return HistoryEntry(
        entry_id, ACCOUNT.id, ACCOUNT.name, "work_orders", Trigger.SCHEDULED, at, at if ran else None,
        at + timedelta(seconds=42.3) if ran and outcome else None, outcome, reason, counts, 1, error,
    )  # fmt: skip


def history() -> list[HistoryEntry]:
    """Return one line of each kind."""
    return [
        entry(9, "succeeded", hours=1),
        entry(8, "failed", hours=2, error=PortalUnreachable("app.workfossa.com could not be found.").info()),
        entry(7, "failed", hours=3, error=EmptyNotBelieved().info()),
        entry(None, "skipped", hours=4, reason="A sync was already running."),
        entry(None, "missed", hours=5, reason="The computer was asleep."),
        entry(6, "cancelled", hours=26),
        entry(5, "interrupted", hours=27),
    ]


def changes() -> list[StoredChange]:
    """Return the changes of a run."""
    moved = FieldChange("visit.date", "2026-11-24", "2026-11-27")
    made = [Change("129003", Kind.NEW), Change("129001", Kind.RESCHEDULED, (moved,)), Change("129002", Kind.REMOVED)]
    return [StoredChange(ACCOUNT.id, ACCOUNT.name, 9, NOW, change) for change in made]


@dataclass
class FakeReader:
    """What is stored, in memory."""

    kept_accounts: list[Account] = field(default_factory=lambda: [ACCOUNT])
    kept_schedules: list[Schedule] = field(default_factory=lambda: [SCHEDULE])
    kept_orders: list[StoredOrder] = field(default_factory=lambda: [stored(order(number)) for number in range(24)])
    kept_history: list[HistoryEntry] = field(default_factory=history)
    kept_changes: list[StoredChange] = field(default_factory=changes)
    kept_dispensers: list[StoredDispenser] = field(default_factory=list)
    kept_locations: list[StoredLocation] = field(default_factory=list)
    kept_settings: dict[str, str] = field(
        default_factory=lambda: {"notifications": "on", "browser_path": "", "browser_last": "", "window_geometry": ""}
    )
    kept_why: list[Why] = field(default_factory=list)
    asked_why: list[tuple[str, datetime]] = field(default_factory=list)
    kept_statistics: Statistics = field(default_factory=Statistics)
    asked_statistics: list[tuple[datetime | None, datetime | None, str | None, int | None]] = field(
        default_factory=list
    )
    error: FossaError | None = None

    def accounts(self) -> list[Account]:
        self._fail()
        return self.kept_accounts

    def schedules(self) -> list[Schedule]:
        self._fail()
        return self.kept_schedules

    def orders(
        self, account_id: str | None = None, search: str | None = None, archived: bool = False
    ) -> list[StoredOrder]:
        self._fail()
        return [item for item in self.kept_orders if (item.archived_at is not None) == archived]

    def history(self, limit: int = 200, account_id: str | None = None) -> list[HistoryEntry]:
        self._fail()
        return self.kept_history[:limit]

    def changes(
        self,
        run_id: int | None = None,
        number: str | None = None,
        limit: int | None = None,
        kinds: Collection[Kind] = (),
    ) -> Sequence[StoredChange]:
        self._fail()
        of_run = [item for item in self.kept_changes if run_id is None or item.run_id == run_id]
        return [item for item in of_run if not kinds or item.change.kind in kinds][:limit]

    def dispensers(
        self,
        account_id: str | None = None,
        search: str | None = None,
        archived: bool = False,
        location_url: str | None = None,
    ) -> list[StoredDispenser]:
        self._fail()
        wanted = [item for item in self.kept_dispensers if (item.archived_at is not None) == archived]
        return [item for item in wanted if location_url in (None, item.location_url)]

    def locations(self, account_id: str | None = None, url: str | None = None) -> list[StoredLocation]:
        self._fail()
        return [item for item in self.kept_locations if url in (None, item.location.url)]

    def settings(self) -> dict[str, str]:
        self._fail()
        return self.kept_settings

    def why(self, account_id: str, moment: datetime, zone: tzinfo) -> list[Why]:
        self._fail()
        self.asked_why.append((account_id, moment))
        return self.kept_why

    def statistics(
        self,
        since: datetime | None = None,
        until: datetime | None = None,
        account_id: str | None = None,
        schedule_id: int | None = None,
    ) -> Statistics:
        self._fail()
        self.asked_statistics.append((since, until, account_id, schedule_id))
        return replace(self.kept_statistics, since=since, until=until)

    def _fail(self) -> None:
        if self.error is not None:
            raise self.error


class FakeAutostart:
    """A switch."""

    def __init__(self) -> None:
        self.on = False

    def is_enabled(self) -> bool:
        return self.on

    def enable(self) -> None:
        self.on = True

    def disable(self) -> None:
        self.on = False


class Desk:
    """The windows' services, answering at once; remembers what it was asked for. What is done beside them is real."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.reader = FakeReader()
        self.is_reading = False
        self.reading: list[tuple[QObject, Callable[[], None]]] = []
        self.beside = Beside()
        self.is_busy = False
        self.put_off: list[Callable[[], None]] = []
        self.autostart = FakeAutostart()
        self.commands: list[Command] = []
        self.answers: dict[type, object] = {}
        self.keyring = "present"
        self.opened: list[str] = []
        self.is_slow = False
        self.waiting: list[Callable[[], None]] = []
        self.test_notices = 0

    def services(self) -> WindowServices:
        """Return the services."""
        return WindowServices(
            words=words(), now=self.clock, reader=self._reader, ask_store=self._ask_store, beside=self._ask_beside,
            submit=self.submit, autostart=self.autostart, notify_test=self._notify_test,
            keyring_state=self._keyring_state, open_url=self._open_url,
        )  # fmt: skip

    def submit(self, command: Command, done: Done, failed: Failed) -> None:
        """Remember a command and answer it with what was prepared for its type: a result, or an error.

        A slow desk answers when it is told to: see :meth:`answer`.
        """
        self.commands.append(command)
        if self.is_slow:
            self.waiting.append(partial(self._answer, command, done, failed))
        else:
            self._answer(command, done, failed)

    def answer(self) -> None:
        """Answer what is waiting, and what is asked for upon that."""
        self.is_slow = False
        waiting, self.waiting = self.waiting, []
        for reply in waiting:
            reply()

    def _answer(self, command: Command, done: Done, failed: Failed) -> None:
        answer = self.answers.get(type(command))
        if isinstance(answer, list):
            answer = answer.pop(0)
        if isinstance(answer, FossaError):
            failed(answer)
        else:
            done(answer(command) if callable(answer) else answer)

    def _reader(self) -> FakeReader:
        return self.reader

    def go_on(self) -> None:
        """Begin with what was to be done beside the GUI thread while it was busy."""
        self.is_busy = False
        put_off, self.put_off = self.put_off, []
        for begin in put_off:
            begin()

    def _ask_beside(self, owner: QObject, work: Callable[[], object], done: Done, failed: Failed) -> None:
        begin = partial(self.beside.ask, owner, work, done, failed)
        if self.is_busy:
            self.put_off.append(begin)
        else:
            begin()

    def read(self) -> None:
        """Answer what the store was asked for meanwhile."""
        self.is_reading = False
        reading, self.reading = self.reading, []
        for _, reply in reading:
            reply()

    def _ask_store(
        self, owner: QObject, question: Callable[[OrdersReader], object], done: Done, failed: Failed
    ) -> None:
        """Answer at once; while it is reading when it is told to, and then each owner's newest question only."""
        reply = partial(self._tell, question, done, failed)
        if self.is_reading:
            self.reading = [waiting for waiting in self.reading if waiting[0] is not owner]
            self.reading.append((owner, reply))
        else:
            reply()

    def _tell(self, question: Callable[[OrdersReader], object], done: Done, failed: Failed) -> None:
        try:
            answer = question(self.reader)
        except FossaError as error:
            failed(error)
        else:
            done(answer)

    def _notify_test(self) -> None:
        self.test_notices += 1

    def _keyring_state(self, account: Account, reply: KeyringReply) -> None:
        reply(self.keyring)

    def _open_url(self, url: str) -> bool:
        self.opened.append(url)
        return True
