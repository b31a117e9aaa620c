"""A schedule: whose it is, when it runs, what being late means, and whether it rests. Time and zone are passed in.

The next run follows from the plan alone (`fossatray.core.plan`), never from when the last run happened to end. The plan
is loaded when first asked: the tray icon comes before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, tzinfo
from enum import StrEnum
from itertools import islice
from typing import Any

from fossatray.core.errors import InvalidInput
from fossatray.core.timetable import Cron, Every, Rule, Times, Timetable, to_json

NAME_LIMIT = 60
LEAST_LATE_HOURS = 0.25
MOST_LATE_HOURS = 7 * 24
DEFAULT_NAME = "Work orders"
SWITCHED_OFF_AFTER = 5
"""So many failed runs in a row switch a schedule off."""


class Lateness(StrEnum):
    """What a run that is more than 5 minutes late does: run once, run only within so many hours, or not at all."""

    RUN_ONCE = "run_once"
    WITHIN = "within"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Schedule:
    """One schedule of an account for one kind of job. `id` 0 is one that is not kept yet.

    `late_hours` (above 0, at most 168) goes with Lateness.WITHIN alone. `after` is the id of the schedule whose success
    starts this one: then it has no times of its own. `enabled` is off while the person has paused it without an end,
    `paused_until` (aware) while it rests up to a moment. `failures` are those in a row; `switched_off` is the program's
    own doing, after 5 of them.
    """

    id: int
    account_id: str
    job: str = "work_orders"
    name: str = ""
    timetable: Timetable = Timetable()  # noqa: RUF009 - frozen
    lateness: Lateness = Lateness.RUN_ONCE
    late_hours: float | None = None
    paused_until: datetime | None = None
    after: int | None = None
    enabled: bool = True
    failures: int = 0
    switched_off: bool = False

    def __post_init__(self) -> None:
        """Put name and late hours in order. Raises InvalidInput, ValueError for a moment without a zone."""
        name = " ".join(self.name.split())
        if len(name) > NAME_LIMIT or not name.isprintable():
            raise InvalidInput(f"The name of a schedule has at most {NAME_LIMIT} printable characters.")
        late = self.late_hours if self.lateness is Lateness.WITHIN else None
        if self.lateness is Lateness.WITHIN and not (late is not None and 0 < late <= MOST_LATE_HOURS):
            raise InvalidInput(f"Enter by how many hours a run may be late: more than 0, at most {MOST_LATE_HOURS}.")
        if self.after is not None and self.after == self.id:
            raise InvalidInput("A schedule cannot run after itself.")
        if self.paused_until is not None and self.paused_until.tzinfo is None:
            raise ValueError("a moment with a time zone was expected")
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "late_hours", late)

    @property
    def title(self) -> str:
        """What it is called: its name, else its number."""
        return self.name or f"schedule {self.id}"

    @property
    def is_off(self) -> bool:
        """Whether it rests until somebody resumes it."""
        return not self.enabled or self.switched_off

    def rests(self, now: datetime) -> bool:
        """Tell whether it starts nothing at a moment: paused, switched off, or paused until later."""
        return self.is_off or (self.paused_until is not None and self.paused_until > now)

    def to_json(
        self, account: str, when: str, next_run: datetime | None, held: str | None, hint: str | None = None
    ) -> dict[str, Any]:
        """Return the public form of `schedules list --json`.

        `account` is the account's name, `when` the timetable in words, `held` why it is not armed (or None), `hint`
        what may hinder it though it is armed (or None).
        """
        kept = to_json(self.timetable)
        return {
            "id": self.id,
            "account": account,
            "job": self.job,
            "name": self.name,
            "when": when,
            "rule": _rule_json(self.timetable.rule),
            "weekdays": kept["weekdays"],
            "active_hours": kept["active_hours"],
            "holidays": kept["holidays"],
            "lateness": self.lateness.value,
            "late_hours": self.late_hours,
            "paused_until": _iso(self.paused_until),
            "after": self.after,
            "enabled": self.enabled,
            "switched_off": self.switched_off,
            "failures": self.failures,
            "next_run": _iso(next_run),
            "held": held,
            "hint": hint,
        }


def next_run(schedule: Schedule, after: datetime, zone: tzinfo) -> datetime | None:
    """Return the first slot after a moment (UTC), or None: it is off, chained, or none comes within 8 years.

    While it is paused until a moment, that is the first slot after that moment.
    """
    return next(iter(next_runs(schedule, after, zone, 1)), None)


def next_runs(schedule: Schedule, after: datetime, zone: tzinfo, count: int) -> list[datetime]:
    """Return the first `count` slots after a moment (UTC, ascending), by the rules of `next_run`."""
    if schedule.is_off or schedule.after is not None:
        return []
    from fossatray.core.plan import occurrences

    start = after if schedule.paused_until is None else max(after, schedule.paused_until)
    try:
        return list(islice(occurrences(schedule.timetable, start, zone), count))
    except InvalidInput:  # a holiday calendar that is known no longer: its words say so, and the plan goes on without
        return list(islice(occurrences(replace(schedule.timetable, holidays=None), start, zone), count))


def missed_runs(schedule: Schedule, since: datetime, until: datetime, zone: tzinfo) -> list[datetime]:
    """Return the slots in (since, until], in UTC, ascending, whether it rested or not; none of a chained one."""
    from fossatray.core import plan

    if schedule.after is not None:
        return []
    try:
        return plan.missed_runs(schedule.timetable, since, until, zone)
    except InvalidInput:  # see next_runs
        return plan.missed_runs(replace(schedule.timetable, holidays=None), since, until, zone)


def free_name(taken: Iterable[str], what: str = DEFAULT_NAME) -> str:
    """Return what a new schedule is called unless the person says otherwise: a name that none of these is.

    `what` is what it reads, in words.
    """
    known = set(taken)
    names = (what, *(f"{what} {number}" for number in range(2, len(known) + 2)))
    return next(name for name in names if name not in known)


def is_given_name(name: str, what: str) -> bool:
    """Tell whether a schedule that reads `what` (in words) has the name that `free_name` gave it."""
    first, _, number = name.rpartition(" ")
    return name == what or (first == what and number.isascii() and number.isdigit())


def check_schedule(
    schedule: Schedule,
    others: Iterable[Schedule],
    now: datetime,
    zone: tzinfo,
    day: Callable[[datetime, date], str] | None = None,
) -> None:
    """Refuse what cannot be kept: an unknown holiday calendar, a plan that never runs, an impossible chain.

    Also a lateness of less than a quarter of an hour. `others` are all schedules there are; the one with the same id is
    replaced by this one. `day` says a day as the person does (`Words.day`). Raises InvalidInput.
    """
    from fossatray.core import plan
    from fossatray.core.holiday_calendar import check as check_holidays

    if schedule.timetable.holidays is not None:
        check_holidays(schedule.timetable.holidays)
    if schedule.after is None:
        plan.refuse_if_never(schedule.timetable, now, zone, day or plan.plain_day)
        if schedule.late_hours is not None and schedule.late_hours < LEAST_LATE_HOURS:
            raise InvalidInput(f"A run may be late by {LEAST_LATE_HOURS} to {MOST_LATE_HOURS} hours.")
    check_chains([*(other for other in others if other.id != schedule.id), schedule])


def check_chains(schedules: Iterable[Schedule]) -> None:
    """Refuse a chain that ends nowhere, leaves its account, or comes back to itself. Raises InvalidInput.

    Several may run after the same one: one after another then.
    """
    known = {schedule.id: schedule for schedule in schedules}
    for schedule in known.values():
        if schedule.after is None:
            continue
        first = known.get(schedule.after)
        if first is None:
            raise InvalidInput("The schedule to run after does not exist.", advice="Choose another one.")
        if first.account_id != schedule.account_id:
            raise InvalidInput("A schedule can only run after one of the same account.", advice="Choose another one.")
    for schedule in known.values():
        _refuse_circle(schedule, known)


def _refuse_circle(schedule: Schedule, known: dict[int, Schedule]) -> None:
    chain = [schedule]
    while (after := chain[-1].after) is not None:
        chain.append(known[after])
        if chain[-1].id in {link.id for link in chain[:-1]}:
            begins = next(index for index, link in enumerate(chain) if link.id == chain[-1].id)
            circle = " after ".join(f'"{link.title}"' for link in chain[begins:])
            raise InvalidInput(f"These schedules would wait for each other: {circle}.", advice="Choose another one.")


def _rule_json(rule: Rule) -> dict[str, Any]:
    """Return the rule with every key there is; those of the other kinds are null."""
    every = rule if isinstance(rule, Every) else None
    times = [f"{moment:%H:%M}" for moment in rule.times] if isinstance(rule, Times) else None
    return {
        "kind": "every" if every else "times" if times else "cron",
        "minutes": every.minutes if every else None,
        "anchor_minute": every.anchor_minute if every else None,
        "times": times,
        "cron": rule.expression if isinstance(rule, Cron) else None,
    }


def _iso(moment: datetime | None) -> str | None:
    from fossatray.core.runs import iso

    return iso(moment)
