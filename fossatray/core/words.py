"""The sentences that tooltip, menu, windows, notices and command line share, and exact times in words.

Translation and the person's 12/24-hour habit are passed in, so that the command line says the same as the windows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, tzinfo
from typing import TYPE_CHECKING

from fossatray.core.runs import DISPENSERS, START, WORK_ORDERS, Outcome, Phase, Progress, Run
from fossatray.core.schedules import SWITCHED_OFF_AFTER
from fossatray.core.status import ISSUES_AFTER, AccountState, AppState, ScheduleState
from fossatray.core.text import one_line

if TYPE_CHECKING:  # loading it takes 8 ms, and the tray icon comes first
    from fossatray.core.changes import Change, Kind
    from fossatray.core.orders import WorkOrder

TOOLTIP_LIMIT = 127

_HELD_FIRST = ("waiting_for_network", "switched_off", "no_password", "blocked", "paused")

Translate = Callable[[str], str]


def plain(text: str) -> str:
    """Return the text as it is: the translation of the command line."""
    return text


def twelve_hours(moment: time) -> str:
    """Return a wall-clock time such as "2:00 PM"."""
    return f"{moment.hour % 12 or 12}:{moment.minute:02d} {'AM' if moment.hour < 12 else 'PM'}"


def twenty_four_hours(moment: time) -> str:
    """Return a wall-clock time such as "14:00"."""
    return f"{moment.hour:02d}:{moment.minute:02d}"


@dataclass(frozen=True)
class Words:
    """Speaks of times and states in one language, zone and clock habit.

    `zone_of` is asked for the zone at each sentence, since the system's may be changed while the program runs; a zone
    in its place stays as it is. `weekday` and `month` give "Monday" and "Nov" in the language of the sentences,
    `number` writes a figure that may be a large one. `day_first` has "23 Nov" instead of "Nov 23".
    """

    zone_of: Callable[[], tzinfo] | tzinfo
    tr: Translate = plain
    clock: Callable[[time], str] = twelve_hours
    weekday: Callable[[datetime], str] = field(default=lambda moment: f"{moment:%A}")
    month: Callable[[datetime], str] = field(default=lambda moment: f"{moment:%b}")
    number: Callable[[int], str] = str
    day_first: bool = False

    @property
    def zone(self) -> tzinfo:
        """The time zone as it is now: do not keep it."""
        return self.zone_of if isinstance(self.zone_of, tzinfo) else self.zone_of()

    def when(self, moment: datetime, now: datetime, *, inside: bool = False) -> str:
        """Return "Today at 2:00 PM", "Tomorrow at …", "Monday at …" within a week, else "Nov 23 at …".

        A day of another year is said with its year: "Jan 4, 2027 at …". `inside` gives the form for the middle of a
        sentence ("today at 2:00 PM").
        """
        zone = self.zone
        local, today = moment.astimezone(zone), now.astimezone(zone).date()
        days = (local.date() - today).days
        named = {0: self.tr("Today at {time}"), 1: self.tr("Tomorrow at {time}"), -1: self.tr("Yesterday at {time}")}
        lower = {0: self.tr("today at {time}"), 1: self.tr("tomorrow at {time}"), -1: self.tr("yesterday at {time}")}
        shown = self.clock(local.time())
        if days in named:
            return (lower if inside else named)[days].format(time=shown)
        day = self.weekday(local) if 0 < days < 7 else self.day(local, today)
        return self.tr("{day} at {time}").format(day=day, time=shown)

    def day(self, local: datetime, today: date) -> str:
        """Return "Nov 23" for a moment of the wall clock, and "Jan 4, 2027" for one that is not of this year.

        With the day first that is "23 Nov" and "4 Jan 2027".
        """
        form = self.tr("{day} {month}") if self.day_first else self.tr("{month} {day}")
        day = form.format(day=local.day, month=self.month(local))
        if local.year == today.year:
            return day
        return (self.tr("{day} {year}") if self.day_first else self.tr("{day}, {year}")).format(
            day=day, year=local.year
        )

    def orders(self, count: int) -> str:
        """Return "1 work order" or "23 work orders"."""
        return (self.tr("{count} work order") if count == 1 else self.tr("{count} work orders")).format(count=count)

    def dispensers(self, count: int) -> str:
        """Return "1 dispenser" or "23 dispensers"."""
        return (self.tr("{count} dispenser") if count == 1 else self.tr("{count} dispensers")).format(count=count)

    def counted(self, count: int, job: str) -> str:
        """Return "23 work orders", or "23 dispensers" where these are what a job reads."""
        return self.dispensers(count) if job == DISPENSERS else self.orders(count)

    def found(self, count: int, job: str = "") -> str:
        """Return "23 work orders found"; what they are follows from the job."""
        return self.tr("{orders} found").format(orders=self.counted(count, job))

    def job(self, job: str) -> str:
        """Return what a job reads: "Work orders" or "Dispensers"."""
        return {WORK_ORDERS: self.tr("Work orders"), DISPENSERS: self.tr("Dispensers")}.get(job, job)

    def phase(self, phase: Phase) -> str:
        """Return the phase's name for people."""
        return {
            Phase.INITIALIZING: self.tr("Initializing"),
            Phase.LOGGING_IN: self.tr("Logging in"),
            Phase.SCRAPING: self.tr("Scraping"),
            Phase.SAVING: self.tr("Saving"),
        }[phase]

    def progress(self, progress: Progress, job: str = "") -> str:
        """Return the sentence of a progress: "Reading page 2 of 3…"; of a job that reads sites, "site 2 of 31"."""
        if progress.phase is Phase.INITIALIZING:
            return self.tr("Starting the browser…")
        if progress.phase is Phase.LOGGING_IN:
            return self.tr("Signing in to the portal…")
        if progress.phase is Phase.SAVING:
            if progress.percentage == 100:
                return self.tr("Saved {orders}").format(orders=self.counted(progress.found, job))
            return self.tr("Saving {orders}…").format(orders=self.counted(progress.found, job))
        if job == DISPENSERS:
            return self._sites(progress)
        if progress.page is None:
            return self.tr("Opening the work list…")
        if progress.pages is None:
            return self.tr("Reading page {page}…").format(page=progress.page)
        if progress.checking:
            return self.tr("Checking page {page} of {pages}…").format(page=progress.page, pages=progress.pages)
        return self.tr("Reading page {page} of {pages}…").format(page=progress.page, pages=progress.pages)

    def _sites(self, progress: Progress) -> str:
        if progress.page is None or progress.pages is None:
            return self.tr("Opening the pages of the sites…")
        text = self.tr("Reading dispensers: {page} of {pages} sites done…")
        return text.format(page=progress.page, pages=progress.pages)

    def doing(self, state: AccountState) -> str:
        """Return the sentence of a run under way: its progress, what it waits for, or when it is tried again."""
        if state.retry is not None:
            again = self.clock(state.retry.at.astimezone(self.zone).time())
            text = self.tr("{title}. Trying again at {time}.")
            return text.format(title=self.tr(state.retry.error.title), time=again)
        if state.in_line:
            return self.tr("Waiting for another sync to end…")
        return self.progress(state.progress or START, state.run.job if state.run else "")

    def last_result(self, run: Run | None, now: datetime) -> str:
        """Return the sentence of the newest ended run: "Last sync today at 1:00 PM: 60 work orders"."""
        if run is None or run.finished_at is None:
            return self.tr("No sync yet")
        when = self.when(run.finished_at, now, inside=True)
        if run.outcome is Outcome.SUCCEEDED and run.job == DISPENSERS and run.reason and not run.counts.found:
            from fossatray.core.why import reason_words

            return self.tr("Last sync {when}: {reason}").format(when=when, reason=reason_words(run.reason, self))
        if run.outcome is Outcome.SUCCEEDED:
            return self.tr("Last sync {when}: {orders}").format(
                when=when, orders=self.counted(run.counts.found, run.job)
            )
        if run.outcome is Outcome.FAILED:
            title = run.error.title if run.error else self.tr("Something went wrong")
            return self.tr("Last sync {when} failed: {title}").format(when=when, title=self.tr(title))
        if run.outcome is Outcome.CANCELLED:
            return self.tr("Last sync {when} was cancelled").format(when=when)
        begun = self.when(run.started_at, now, inside=True)  # when it was cut off, nobody knows
        return self.tr("Last sync {when} was interrupted").format(when=begun)

    def next_sync(self, state: AccountState, now: datetime) -> str:
        """Return the sentence of what comes next: "Next sync today at 2:00 PM", or why there is none."""
        if state.blocked is not None:
            return self.tr("Syncing is stopped: {title}").format(title=self.tr(state.blocked.title))
        held = _held_account(state)
        if held is not None:
            return self.held(held, now)
        if state.next_run is None:
            return self.tr("No sync is planned")
        coming = self.tr("Next sync {when}").format(when=self.when(state.next_run, now, inside=True))
        return self.with_hint(coming, *state.schedules)

    def with_hint(self, coming: str, *states: ScheduleState) -> str:
        """Return what comes next, with what may hinder it: "Today at 2:00 PM; the keyring cannot be read now"."""
        if not any(one.hint == "keyring" for one in states):
            return coming
        return self.tr("{coming}; the keyring cannot be read now").format(coming=coming)

    def held(self, state: ScheduleState, now: datetime) -> str:
        """Return why a schedule is not armed, and what to do about it where it says so alone; empty if it is armed."""
        if state.held == "paused":
            until = state.schedule.paused_until if state.schedule.enabled else None
            if until is None or until <= now:
                return self.tr("Paused")
            return self.tr("Paused until {when}").format(when=self.when(until, now, inside=True))
        return {
            "switched_off": self.tr("Switched off after {count} failed syncs in a row").format(
                count=max(state.schedule.failures, SWITCHED_OFF_AFTER)
            ),
            "no_password": self.tr("Syncing is stopped: no password is stored"),
            "blocked": self.tr("Syncing is stopped until the sign-in is put right"),
            "waiting_for_network": self.tr("Waiting for the network"),
        }.get(state.held or "", "")

    def last_of(self, state: AccountState, now: datetime) -> str:
        """Return the sentence of an account's newest ended run; what it has come to after several failures."""
        off = next((one for one in state.schedules if one.schedule.switched_off), None)
        if off is not None and _held_account(state) is None:
            text = self.tr('"{name}" was switched off after {count} failed syncs in a row')
            return text.format(name=off.schedule.title, count=max(off.schedule.failures, SWITCHED_OFF_AFTER))
        last = state.told_run
        if last is None or last.outcome is not Outcome.FAILED or state.failures < ISSUES_AFTER:
            return self.last_result(last, now)
        title = last.error.title if last.error else self.tr("Something went wrong")
        text = self.tr("Having issues: the last {count} syncs failed: {title}")
        return text.format(count=state.failures, title=self.tr(title))

    def sentence(self, state: AppState, now: datetime) -> str:
        """Return the one sentence that tooltip, menu and `status` share, without the program's name."""
        if state.fault is not None:
            return self.tr(state.fault.title)
        leading = state.leading
        if state.is_installing and (leading is None or leading.run is None):
            return self.installing(state.browser_install.percentage if state.browser_install is not None else 0)
        if leading is None:
            return self.tr("No account yet. Open Settings to add one.")
        return self.account_sentence(leading, now)

    def installing(self, percentage: int) -> str:
        """Return "installing a browser… 40 %"; without a figure before the download has begun."""
        if not percentage:
            return self.tr("installing a browser…")
        return self.tr("installing a browser… {percentage} %").format(percentage=percentage)

    def account_sentence(self, state: AccountState, now: datetime) -> str:
        """Return one account's sentence: progress while it syncs, else the next run and the last result.

        Where syncing is stopped, what to do about it comes instead of the last result.
        """
        if state.run is not None:
            if state.retry is not None:
                return self.doing(state)
            if state.in_line:
                return self.tr("waiting for another sync to end")
            progress = state.progress
            percentage, found = (progress.percentage, progress.found) if progress else (0, 0)
            words = self.found(found, state.run.job)
            return self.tr("syncing {percentage} %, {found}").format(percentage=percentage, found=words)
        return f"{self.next_sync(state, now)}. {self.advice(state) or self.last_of(state, now)}"

    def advice(self, state: AccountState) -> str:
        """Return what to do where nothing comes next by itself; empty where nothing has to be done."""
        if state.blocked is not None:
            return self.tr("Change the password in Settings.")
        held = _held_account(state)
        if held is not None and held.held == "switched_off":
            return self.tr("Resume it from the menu.")
        return self.tr("Enter it in Settings.") if held is not None and held.held == "no_password" else ""

    def unread(self, count: int) -> str:
        """Return "1 unread notice" or "2 unread notices"."""
        return (self.tr("{count} unread notice") if count == 1 else self.tr("{count} unread notices")).format(
            count=count
        )

    def tooltip(self, state: AppState, now: datetime, unread: int = 0) -> str:
        """Return the tray's tooltip: "FossaTray: …", at most 127 characters, never text from the portal.

        So many `unread` notices are said at its end.
        """
        end = f" – {self.unread(unread)}" if unread else ""
        return one_line(f"FossaTray: {self.sentence(state, now)}", TOOLTIP_LIMIT - len(end)) + end

    def batch(self, counts: Mapping[Kind, int], not_completed: int = 0) -> str:
        """Return what a sync changed in one line: "3 new work orders, 1 rescheduled"; empty if nothing.

        So many of those removed are known not to be completed (core.changes.is_not_completed).
        """
        from fossatray.core.changes import Kind

        parts: list[str] = []
        for kind in Kind:
            count = counts.get(kind, 0) - (not_completed if kind is Kind.REMOVED else 0)
            if kind is Kind.REMOVED and not_completed:
                parts.append(self.tr("{count} removed from your list").format(count=not_completed))
            if count > 0:
                parts.append(self._kind_count(kind, count, first=not parts))
        return ", ".join(parts)

    def _kind_count(self, kind: Kind, count: int, *, first: bool) -> str:
        from fossatray.core.changes import DISPENSER_KINDS, Kind

        name = self.kind(kind)
        if kind in DISPENSER_KINDS:
            one, many = self.tr("{count} dispenser {kind}"), self.tr("{count} dispensers {kind}")
            return (one if count == 1 else many).format(count=count, kind=name)
        if kind is Kind.SWAPPED:
            return (self.tr("{count} swap") if count == 1 else self.tr("{count} swaps")).format(count=count)
        if first:
            text = self.tr("{count} {kind} work order") if count == 1 else self.tr("{count} {kind} work orders")
            if kind is Kind.REMOVED:
                text = self.tr("{count} no longer in your open list")
            elif kind is Kind.BACK:
                text = self.tr("{count} back in your list")
            return text.format(count=count, kind=name)
        return self.tr("{count} {kind}").format(count=count, kind=name)

    def kind(self, kind: Kind) -> str:
        """Return a change kind's name for people."""
        from fossatray.core.changes import Kind

        return {
            Kind.NEW: self.tr("new"),
            Kind.UPDATED: self.tr("changed"),
            Kind.RESCHEDULED: self.tr("rescheduled"),
            Kind.SWAPPED: self.tr("swapped"),
            Kind.REPLACED: self.tr("replaced"),
            Kind.COMPLETED: self.tr("completed"),
            Kind.REMOVED: self.tr("no longer in your open list"),
            Kind.BACK: self.tr("back in your list"),
            Kind.DISPENSER_ADDED: self.tr("added"),
            Kind.DISPENSER_CHANGED: self.tr("changed"),
            Kind.DISPENSER_REMOVED: self.tr("removed"),
        }[kind]

    def change(self, change: Change) -> str:
        """Return what happened to an order or a dispenser, for people.

        What is removed is so only where it is known not to be completed; else it is no longer in the open list.
        """
        from fossatray.core.changes import is_not_completed

        return self.tr("removed from your list") if is_not_completed(change) else self.kind(change.kind)

    def about(self, change: Change, store_number: str | None = None) -> str:
        """Return what a change is about: "W-129651", "W-129651 and W-129652", "Dispenser 1/2 at #1234"."""
        from fossatray.core.changes import Kind

        if change.kind is Kind.SWAPPED and change.partner is not None:
            text = self.tr("{one} and {other}")
            return text.format(one=f"W-{change.number}", other=f"W-{change.partner}")
        if change.location_url is None:
            return f"W-{change.number}"
        text = self.tr("Dispenser {numbers}") if store_number is None else self.tr("Dispenser {numbers} at {store}")
        return text.format(numbers=change.numbers or "", store=store_number)

    def day_of(self, order: WorkOrder) -> str:
        """Return "Day 2 of 2" for an order that is one day of a job of several, else nothing."""
        from fossatray.core.multi_day import day_of

        day = day_of(order)
        return self.tr("Day {day} of {days}").format(day=day.day, days=day.days) if day is not None else ""


def _held_account(state: AccountState) -> ScheduleState | None:
    """Return the schedule that says why nothing comes next: one that waits for the network, or where all are held."""
    held = [one for one in state.schedules if one.held in _HELD_FIRST]
    waits = any(one.held == "waiting_for_network" for one in held)
    if not waits and len(held) < len(state.schedules):
        return None
    return min(held, key=_held_rank, default=None)


def _held_rank(state: ScheduleState) -> tuple[int, float]:
    """Rank what is held: the gravest first, of the paused ones the one that goes on first."""
    until = state.schedule.paused_until if state.schedule.enabled else None
    return _HELD_FIRST.index(state.held or ""), until.timestamp() if until else float("inf")
