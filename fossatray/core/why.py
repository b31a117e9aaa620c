"""Why a schedule did or did not run at a moment: what is known of it, and the sentence that every face shows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from fossatray.core.commands import SESSION_ENDED
from fossatray.core.ledger import rests_at
from fossatray.core.plan import NotPlanned
from fossatray.core.runs import ALL_FRESH, NO_SITES, Fate, Occurrence, Outcome, Reason, Run
from fossatray.core.schedules import Schedule
from fossatray.core.timetable_words import explain
from fossatray.core.words import Words

_HELD_BACK = re.compile(r"held back: (?P<count>\d+) orders missing, waiting for a second read")
_EMPTY_SIGN = "empty sign: "
_SITES = re.compile(r"(?P<count>\d+) of (?P<all>\d+) locations (?P<what>could not be read|no longer in the portal)")
_EMPTIED = re.compile(r"(?P<count>\d+) of (?P<all>\d+) locations without dispensers now(?:: (?P<groups>.*))?")


@dataclass(frozen=True, slots=True)
class Why:
    """What is known of one schedule at a moment (aware).

    `occurrence` is the planned one at that moment or nearest to it, within half an hour, and `run` what it became;
    without one `not_planned` says why. `changed_at` is set where the plan was changed only after the moment.
    `follows` is the schedule it is chained to; its `run` has no occurrence. `unsettled` are the planned moments nearby
    that are not written down yet; `held` is why nothing of the account runs at present. `removed_at` is when the
    schedule was removed.
    """

    schedule: Schedule
    moment: datetime
    occurrence: Occurrence | None = None
    run: Run | None = None
    not_planned: NotPlanned | None = None
    changed_at: datetime | None = None
    follows: Schedule | None = None
    unsettled: tuple[datetime, ...] = ()
    held: Reason | None = None
    removed_at: datetime | None = None

    @property
    def had_gone(self) -> bool:
        """Whether the schedule had been removed by then, and nothing of it is known near that moment."""
        is_known = self.occurrence is not None or self.run is not None
        return self.removed_at is not None and self.removed_at <= self.moment and not is_known


def titled(why: Why, name: str, words: Words) -> str:
    """Return what the schedule is called in an answer, by its name: that it was removed is said with it."""
    return name if why.removed_at is None else words.tr("{name} (removed)").format(name=name)


def tell(why: Why, now: datetime, words: Words) -> str:
    """Return the answer to "why did it not run at that moment?" in one sentence."""
    found = why.occurrence
    if found is not None:
        planned = words.when(found.planned_at, now, inside=True)
        if found.fate is Fate.RUN:
            return _ran(why.run, planned, now, words)
        return _did_not_run(found.fate, planned, found.reason, words)
    if why.had_gone and why.removed_at is not None:
        sentence = words.tr("Nothing was planned then: the schedule was removed {when}.")
        return sentence.format(when=words.when(why.removed_at, now, inside=True))
    if why.follows is not None:
        if why.run is not None:
            return _followed(why.run, why.follows, now, words)
        sentence = words.tr('It has no times of its own: it runs after "{name}" has succeeded.')
        return sentence.format(name=why.follows.title)
    if why.changed_at is not None:
        sentence = words.tr("Nothing was planned then: the schedule was made or changed {when}.")
        return sentence.format(when=words.when(why.changed_at, now, inside=True))
    passed = [slot for slot in why.unsettled if slot <= now]
    if passed and why.moment <= now:
        return _unsettled(why, min(passed, key=lambda slot: abs(slot - why.moment)), now, words)
    if why.not_planned is not None:
        return explain(why.not_planned, why.schedule.timetable, words)
    if why.moment > now:
        return words.tr("This moment has not come yet. A run is planned then.")
    return words.tr("Nothing is recorded about this moment.")


def reason_words(reason: str | None, words: Words) -> str:
    """Return why a run ended as it did, or did not take place, as the end of a sentence; an unknown reason as kept."""
    known: dict[str, str] = {
        Reason.PAUSED: words.tr("the schedule was paused"),
        Reason.SWITCHED_OFF: words.tr("the schedule was switched off after several failures"),
        Reason.TOO_LATE: words.tr("it would have been too late"),
        Reason.STILL_RUNNING: words.tr("the sync before it was still running"),
        Reason.REFUSED: words.tr("the portal had refused the sign-in"),
        Reason.LOCKED: words.tr("the portal had locked the sign-in"),
        Reason.NO_PASSWORD: words.tr("no password was stored"),
        Reason.BATTERY: words.tr("the battery was low"),
        Reason.METERED: words.tr("the network was a metered one"),
        Reason.OFFLINE: words.tr("there was no network"),
        Reason.NOT_RUNNING: words.tr("FossaTray was not running"),
        Reason.ASLEEP: words.tr("the computer was asleep or busy"),
        "cancelled by you": words.tr("cancelled by you"),
        "FossaTray was quit": words.tr("FossaTray was quit"),
        SESSION_ENDED: words.tr("you logged out, or the computer was shut down"),
        "the account was changed": words.tr("the account was changed"),
        NO_SITES: words.tr("no open work order asks for dispensers"),
        ALL_FRESH: words.tr("all dispensers were read lately"),
    }
    if reason is None:
        return words.tr("no reason was kept")
    if (held_back := _HELD_BACK.fullmatch(reason)) is not None:
        text = words.tr("{count} work orders are missing; they are kept until a second read agrees")
        return text.format(count=int(held_back["count"]))
    if reason.startswith(_EMPTY_SIGN):
        return words.tr("the portal said: {text}").format(text=reason.removeprefix(_EMPTY_SIGN))
    sites = [_SITES.fullmatch(part) or _EMPTIED.fullmatch(part) for part in reason.split("; ")]
    if all(sites):
        return "; ".join((_sites if found.re is _SITES else _emptied)(found, words) for found in sites if found)
    return known.get(reason, reason)


def _emptied(found: re.Match[str], words: Words) -> str:
    """Return that sites show no dispensers any more, and what is called otherwise there."""
    count, groups = int(found["count"]), found["groups"]
    one, many = (
        words.tr("1 of {all} sites shows no dispensers now"),
        words.tr("{count} of {all} sites show no dispensers now"),
    )
    text = (one if count == 1 else many).format(count=count, all=found["all"])
    return words.tr("{text}, only {groups}").format(text=text, groups=groups) if groups else text


def _sites(found: re.Match[str], words: Words) -> str:
    """Return what became of sites whose dispensers were asked for in vain."""
    count, of_all = int(found["count"]), int(found["all"])
    gone = found["what"] == "no longer in the portal"
    if count == 1:
        text = (
            words.tr("1 of {all} sites is no longer in the portal")
            if gone
            else words.tr("1 of {all} sites could not be read")
        )
        return text.format(all=of_all)
    many = words.tr("{count} of {all} sites are no longer in the portal")
    text = many if gone else words.tr("{count} of {all} sites could not be read")
    return text.format(count=count, all=of_all)


def _did_not_run(fate: Fate, planned: str, reason: str | None, words: Words) -> str:
    skipped = words.tr("The run planned {when} was skipped: {reason}.")
    missed = words.tr("The run planned {when} was missed: {reason}.")
    sentence = skipped if fate is Fate.SKIPPED else missed
    return sentence.format(when=planned, reason=reason_words(reason, words))


def _unsettled(why: Why, slot: datetime, now: datetime, words: Words) -> str:
    """Return what is known of a slot that the program has not looked at yet."""
    planned, rests = words.when(slot, now, inside=True), rests_at(why.schedule, slot, why.held)
    if rests is not None:
        return _did_not_run(Fate.SKIPPED, planned, rests, words)
    sentence = words.tr(
        "A run was planned {when}. What became of it is not written down yet: "
        "FossaTray does that within an hour, or when it is started."
    )
    return sentence.format(when=planned)


def _followed(run: Run, first: Schedule, now: datetime, words: Words) -> str:
    """Return what became of the run of a chained schedule."""
    sentences = {
        None: words.tr('It did run, after "{name}": it started {started} and is not finished yet.'),
        Outcome.SUCCEEDED: words.tr('It did run, after "{name}": it started {started} and succeeded.'),
        Outcome.FAILED: words.tr('It did run, after "{name}": it started {started} and failed: {message}'),
        Outcome.CANCELLED: words.tr('It did run, after "{name}": it started {started} and was cancelled.'),
        Outcome.INTERRUPTED: words.tr('It did run, after "{name}": it started {started} and was cut off.'),
    }
    started = words.when(run.started_at, now, inside=True)
    message = run.error.message if run.error is not None else ""
    return sentences[run.outcome].format(name=first.title, started=started, message=message)


def _ran(run: Run | None, planned: str, now: datetime, words: Words) -> str:
    if run is None:
        return words.tr("It did run, as planned {when}. More is not kept.").format(when=planned)
    started = words.when(run.started_at, now, inside=True)
    sentences = {
        None: words.tr("It did run: planned {when}, it started {started} and is not finished yet."),
        Outcome.SUCCEEDED: words.tr("It did run: planned {when}, it started {started} and succeeded."),
        Outcome.FAILED: words.tr("It did run: planned {when}, it started {started} and failed: {message}"),
        Outcome.CANCELLED: words.tr("It did run: planned {when}, it started {started} and was cancelled."),
        Outcome.INTERRUPTED: words.tr("It did run: planned {when}, it started {started} and was cut off."),
    }
    message = run.error.message if run.error is not None else ""
    return sentences[run.outcome].format(when=planned, started=started, message=message)
