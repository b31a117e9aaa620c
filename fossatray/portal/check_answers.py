"""From what a page told to the check's steps: pure, and with every example masked."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from fossatray.core.errors import PortalError
from fossatray.core.portal_check import PortalStep, Verdict
from fossatray.core.text import one_line, shape, storable
from fossatray.portal.check_questions import LAYOUT, Asked, Need, Question, Reading
from fossatray.portal.profile import Profile
from fossatray.portal.profile_words import selector_names

_EXAMPLE = 60
_NUMBER = re.compile(r"\d{3,}")
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
    roots, matched, total = counts
    return Answer(roots, matched, total, tuple(storable(value)[0] for value in values))


def wanted(profile: Profile, key: str) -> Any:
    """Return what the profile says under a key such as "row.number"."""
    section, _, name = key.partition(".")
    return getattr(getattr(profile, section), name)


def as_texts(value: Any) -> tuple[str, ...]:
    """Return the text, or texts, of a key."""
    return value if isinstance(value, tuple) else (str(value),)


def known_texts(profile: Profile) -> frozenset[str]:
    """Return all texts of a profile; they are no personal data where they stand in the portal."""
    sections = (getattr(profile, section.name) for section in fields(profile))
    values = (getattr(section, field.name) for section in sections for field in fields(section))
    return frozenset(text for value in values if isinstance(value, str | tuple) for text in _all_texts(value))


def _all_texts(value: Any) -> list[str]:
    """Return a text, the texts of a list and that list as a page tells it, or those of pairs."""
    texts: tuple[Any, ...] = as_texts(value)
    if any(isinstance(text, tuple) for text in texts):
        return [text for pair in texts for text in pair]
    return [*(text for text in texts if isinstance(text, str)), _as_told(value)]


def _as_told(value: Any) -> str:
    """Return a text, or a list as scripts/probe.js tells one."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def shown(value: Any) -> str:
    """Return what the profile says under a key, as one short line."""
    pairs = isinstance(value, tuple) and value and isinstance(value[0], tuple)
    parts = [pair[0] for pair in value] if pairs else as_texts(value)
    return one_line(", ".join(parts), _LONGEST_TEXT)


def script_questions(profile: Profile, asked: Iterable[Asked]) -> list[dict[str, Any]]:
    """Return the questions as scripts/probe.js takes them."""
    signs = profile.equipment
    keep = {"link": signs.toggle, "name": signs.name, "text": signs.name_text}
    return [
        {
            "key": one.key,
            "selector": ", ".join(as_texts(wanted(profile, one.key))),
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
        self._known = known_texts(profile)
        self._names = selector_names(profile)
        self._done: set[str] = set()
        self._missing: set[str] = set()
        self.more_pages = False

    def steps(self, part: str, asked: Iterable[Asked], answers: dict[str, Answer]) -> list[PortalStep]:
        """Return the steps of what was asked together."""
        fresh = [one for one in asked if one.key not in self._done]
        self._done.update(one.key for one in fresh)
        steps = [self._step(part, one, answers) for one in fresh]
        self._missing.update(step.key for step in steps if step.verdict is Verdict.MISSING)
        return steps

    def step(self, part: str, key: str, what: str, verdict: Verdict, **told: Any) -> PortalStep:
        """Return a step about a key that no question covers."""
        return PortalStep(part, key, what, shown(wanted(self._profile, key)), verdict, **told)

    def to_blame(self, keys: tuple[str, ...]) -> str:
        """Return that of the keys which is missing already, else the first."""
        return next((key for key in keys if key in self._missing), keys[0])

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
        example = self._example(answer.values, one.value)
        return PortalStep(part, one.key, one.what, looked_for, verdict, matched, of, example, told)

    def _read(self, part: str, one: Reading, answers: dict[str, Answer]) -> PortalStep:
        value = wanted(self._profile, one.key)
        text = _as_told(value)
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
            others = dict.fromkeys(self.masked(each) for each in values if each and each not in fitting)
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

    def _example(self, values: Sequence[str], kind: str = "text") -> str | None:
        value = next((each for each in values if each), None)
        if value is None:
            return None
        return self._layout(value, values) if kind in LAYOUT else self.masked(value)

    def masked(self, value: str) -> str:
        """Return a value as its shape, or whole if the profile says it itself."""
        return one_line(value if value in self._known else shape(value), _EXAMPLE)

    def _layout(self, value: str, values: Sequence[str]) -> str:
        """Return the classes, the type or the name of an element.

        A word of it keeps its letters if a selector of the profile names it, or if each of several elements has it.
        """
        shared = set.intersection(*(set(_unnumbered(each).split()) for each in values)) if len(values) > 1 else set()
        words = (_unnumbered(word) for word in value.split())
        return one_line(" ".join(word if word in self._names | shared else shape(word) for word in words), _EXAMPLE)

    def masked_path(self, path: str) -> str:
        """Return a path with those of its parts as their shapes that the profile's own paths do not have."""
        known = {part for each in asdict(self._profile.paths).values() for part in each.split("/")}
        return one_line("/".join(part if part in known else shape(part) for part in path.split("/")), _EXAMPLE)


def _unnumbered(value: str) -> str:
    return _NUMBER.sub(lambda number: "9" * len(number[0]), value)


def _first(key: str) -> str:
    return f"{key} has to be found first."
