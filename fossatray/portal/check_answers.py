"""From what a page told to the check's steps: pure, and with every example masked."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from fossatray.core.errors import PortalError
from fossatray.core.portal_check import PortalStep, Verdict
from fossatray.core.text import one_line, shape, storable
from fossatray.portal.check_questions import Asked, Need, Question, Reading
from fossatray.portal.profile import Profile

_EXAMPLE = 60
_LONGEST_TEXT = 500


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question found: in how many `roots` it was asked and `matched`, how many elements, and their values."""

    roots: int
    matched: int
    total: int
    values: tuple[str, ...]


def answers_of(told: Any) -> dict[str, Answer]:
    """Check what scripts/probe.js told. Raises PortalError for anything else."""
    try:
        return {str(key): _answer(raw) for key, raw in told["told"].items()}
    except (KeyError, TypeError, AttributeError, ValueError):
        raise PortalError("The portal's page gave an answer that is not understood.") from None


def _answer(raw: dict[str, Any]) -> Answer:
    counts = [raw[name] for name in ("roots", "matched", "total")]
    values = raw["values"]
    if any(not isinstance(count, int) or isinstance(count, bool) or not 0 <= count < 10**9 for count in counts):
        raise ValueError("a count was expected")
    if not all(isinstance(value, str) for value in values):
        raise ValueError("texts were expected")
    return Answer(*counts, tuple(storable(value)[0] for value in values))


def wanted(profile: Profile, key: str) -> Any:
    """Return what the profile says under a key such as "row.number"."""
    section, _, name = key.partition(".")
    return getattr(getattr(profile, section), name)


def shown(value: object) -> str:
    """Return what the profile says under a key, as one short line."""
    parts = value if isinstance(value, tuple) else (value,)
    return one_line(", ".join(str(part) for part in parts), _LONGEST_TEXT)


def script_questions(profile: Profile, asked: Iterable[Asked]) -> list[dict[str, Any]]:
    """Return the questions as scripts/probe.js takes them."""
    signs = profile.equipment
    keep = {"link": signs.toggle, "name": signs.name, "text": signs.name_text}
    return [
        {
            "key": one.key,
            "selector": wanted(profile, one.key),
            "within": one.within,
            "closest": one.closest,
            "value": one.value,
            "keep": keep if one.keep else None,
        }
        for one in asked
        if isinstance(one, Question)
    ]


class Judge:
    """Makes the steps. Each key is told of once; `more_pages` says that the list has more than one page."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._done: set[str] = set()
        self.more_pages = False

    def steps(self, part: str, asked: Iterable[Asked], answers: dict[str, Answer]) -> list[PortalStep]:
        """Return the steps of what was asked together."""
        fresh = [one for one in asked if one.key not in self._done]
        self._done.update(one.key for one in fresh)
        return [self._step(part, one, answers) for one in fresh]

    def step(self, part: str, key: str, what: str, verdict: Verdict, **told: Any) -> PortalStep:
        """Return a step about a key that no question covers."""
        return PortalStep(part, key, what, shown(wanted(self._profile, key)), verdict, **told)

    def unchecked(self, part: str, asked: Iterable[Asked], why: str) -> list[PortalStep]:
        """Return the steps of what could not be asked at all."""
        fresh = [one for one in asked if one.key not in self._done]
        self._done.update(one.key for one in fresh)
        return [self.step(part, one.key, one.what, Verdict.UNCHECKED, told=why) for one in fresh]

    def _step(self, part: str, one: Asked, answers: dict[str, Answer]) -> PortalStep:
        return self._asked(part, one, answers) if isinstance(one, Question) else self._read(part, one, answers)

    def _asked(self, part: str, one: Question, answers: dict[str, Answer]) -> PortalStep:
        answer = answers[one.key]
        looked_for = shown(wanted(self._profile, one.key)) + (f" (inside {one.within})" if one.within else "")
        if one.closest:
            looked_for = looked_for.replace("(inside ", "(around ")
        if one.within and not answer.roots:
            return PortalStep(part, one.key, one.what, looked_for, Verdict.UNCHECKED, told=_first(one.within))
        matched, of = (answer.matched, answer.roots) if one.within else (answer.total, None)
        verdict = self._verdict(one.need, matched, of)
        told = None
        if verdict is Verdict.MISSING:
            told = f"It is in {matched} of {of} places only." if matched else "Nothing matches it."
        return PortalStep(part, one.key, one.what, looked_for, verdict, matched, of, self._example(answer.values), told)

    def _read(self, part: str, one: Reading, answers: dict[str, Answer]) -> PortalStep:
        value = wanted(self._profile, one.key)
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":")) if isinstance(value, tuple) else value
        looked_for = f"{shown(value)} (in {one.source})"
        values = answers[one.source].values
        if not values:
            why = _first(one.source) if one.need is not Need.MAY else None
            verdict = Verdict.UNCHECKED if why else Verdict.ABSENT
            return PortalStep(part, one.key, one.what, looked_for, verdict, told=why)
        fitting = [each for each in values if one.fits(text, each)]
        verdict = self._verdict(one.need, len(fitting), len(values))
        told = None
        if verdict is Verdict.MISSING:
            others = dict.fromkeys(self._masked(each) for each in values if each not in fitting)
            told = "What is there instead: " + ", ".join(list(others)[:3])
        example = self._example(fitting)
        return PortalStep(part, one.key, one.what, looked_for, verdict, len(fitting), len(values), example, told)

    def _verdict(self, need: Need, matched: int, of: int | None) -> Verdict:
        if need is Need.EVERY:
            return Verdict.FOUND if matched and matched == of else Verdict.MISSING
        if matched:
            return Verdict.FOUND
        must = need is Need.SOME or (need is Need.PAGES and self.more_pages)
        return Verdict.MISSING if must else Verdict.ABSENT

    def _example(self, values: Iterable[str]) -> str | None:
        value = next((each for each in values if each), None)
        return None if value is None else self._masked(value)

    def _masked(self, value: str) -> str:
        return one_line(shape(value), _EXAMPLE)


def _first(key: str) -> str:
    return f"{key} has to be found first."
