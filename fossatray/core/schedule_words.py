"""A schedule in words: when it runs, when next, and why it is not armed, as windows and command line say it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from fossatray.core.errors import InvalidInput
from fossatray.core.schedules import Schedule
from fossatray.core.timetable_words import describe
from fossatray.core.words import Words

if TYPE_CHECKING:
    from fossatray.core.status import ScheduleState


def when_words(schedule: Schedule, others: Iterable[Schedule], words: Words) -> str:
    """Return the timetable in words, or "After a success of Work orders" for a chained one.

    `others` are those among which the one before is looked for. A holiday calendar that is known no longer is named.
    """
    if schedule.after is None:
        try:
            return describe(schedule.timetable, words)
        except InvalidInput as error:
            return words.tr(error.message)
    first = next((other for other in others if other.id == schedule.after), None)
    if first is None or not first.name:
        return words.tr("After a success of schedule {number}").format(number=schedule.after)
    return words.tr("After a success of {name}").format(name=first.name)


def next_words(state: ScheduleState, words: Words, now: datetime) -> str:
    """Return "Today at 2:00 PM", or why there is no next run; empty for a chained one that rests for no reason."""
    held = words.held(state, now)
    if held or state.next_run is None:
        return held
    return words.with_hint(words.when(state.next_run, now), state)
