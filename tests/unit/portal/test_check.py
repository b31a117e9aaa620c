"""The questions of a profile's check cover the profile, and its answers become honest steps."""

from __future__ import annotations

import io
from dataclasses import fields, replace
from typing import Any, cast

import pytest

from fossatray.core.errors import PortalError
from fossatray.core.messages import ScrapeRequest
from fossatray.core.portal_check import PortalStep, Verdict
from fossatray.core.wire import decode_message
from fossatray.portal.check import PortalCheck
from fossatray.portal.check_answers import Judge, answers_of, script_questions
from fossatray.portal.check_questions import (
    ROW,
    SELECTORS,
    TABLES,
    TITLES,
    UNCHECKED_KEYS,
    WORK_LIST,
    Asked,
    Question,
    Reading,
)
from fossatray.portal.link import EngineLink
from fossatray.portal.portal_page import PortalPage
from fossatray.portal.profile import load_profile
from fossatray.portal.sign_in import SignIn

PROFILE = load_profile()
BY_HAND = {
    *("paths.sign_in", "paths.signed_in", "paths.work_list", "paths.location", "work_list.query"),
    *("equipment.toggle_shown", "equipment.labels"),
}
"""Keys that the check looks at without a question of their own: by going there, or among others."""


def keys() -> set[str]:
    """All keys of the profile that say what a page shows: its texts, no waits and limits."""
    sections = {section.name: getattr(PROFILE, section.name) for section in fields(PROFILE)}
    del sections["completed_list"]  # asked for as the work list is
    values = {
        f"{name}.{field.name}": getattr(one, field.name) for name, one in sections.items() for field in fields(one)
    }
    return {key for key, value in values.items() if isinstance(value, str | tuple)}


def told(**answers: tuple[int, int, int, list[str]]) -> dict[str, Any]:
    """What a page tells: roots, matched, total and values, by key (with "__" for the dot)."""
    names = ("roots", "matched", "total", "values")
    return {"told": {key.replace("__", "."): dict(zip(names, one, strict=True)) for key, one in answers.items()}}


def steps(asked: tuple[Asked, ...], answer: dict[str, Any], judge: Judge | None = None) -> dict[str, PortalStep]:
    given = answers_of(answer)
    chosen = [one for one in asked if one.key in given or (isinstance(one, Reading) and one.source in given)]
    return {step.key: step for step in (judge or Judge(PROFILE)).steps("Part", chosen, given)}


def test_every_key_of_the_profile_is_asked_for_or_said_not_to_be() -> None:
    asked = {one.key for table in TABLES for one in table}
    assert asked | set(UNCHECKED_KEYS) | BY_HAND == keys()
    assert not asked & set(UNCHECKED_KEYS)


@pytest.mark.parametrize("table", [*TABLES, TITLES])
def test_every_question_is_asked_inside_one_before_it(table: tuple[Asked, ...]) -> None:
    seen = {""}
    for one in table:
        assert (one.within if isinstance(one, Question) else one.source) in seen
        if isinstance(one, Question):
            seen.add(one.key)


def test_a_selector_is_every_question_and_goes_to_the_page_as_the_profile_has_it() -> None:
    by_key = {one["key"]: one for one in script_questions(PROFILE, [one for table in TABLES for one in table])}
    assert set(by_key) <= set(SELECTORS)
    assert by_key["row.number"]["selector"] == PROFILE.row.number
    assert by_key["equipment.tabs"]["selector"] == ", ".join(PROFILE.equipment.tabs)


def test_what_is_in_every_row_is_found_and_its_example_masked() -> None:
    found = steps(ROW, told(row__number=(2, 2, 2, ["W-100001", "W-100002"])))
    number, pattern = found["row.number"], found["row.number_pattern"]
    assert (number.verdict, number.matched, number.of, number.example) == (Verdict.FOUND, 2, 2, "X-999999")
    assert (pattern.verdict, pattern.matched, pattern.of) == (Verdict.FOUND, 2, 2)


def test_a_number_that_is_missing_in_one_row_is_missing() -> None:
    found = steps(ROW, told(row__number=(3, 2, 2, ["W-100001", "B-7"])))
    assert (found["row.number"].verdict, found["row.number"].told) == (Verdict.MISSING, "It is in 2 of 3 places only.")
    assert found["row.number_pattern"].verdict is Verdict.MISSING
    assert found["row.number_pattern"].told == "What is there instead: X-9"


def test_what_stands_in_something_missing_is_not_looked_at() -> None:
    found = steps(ROW, told(row__label=(0, 0, 0, []), row__visit=(2, 0, 0, [])))
    assert found["row.label"].verdict is Verdict.UNCHECKED
    assert found["row.label"].told == "row.labelled has to be found first."
    assert found["row.reason_label"].told == "row.label has to be found first."
    assert found["row.visit"].verdict is Verdict.MISSING


def test_a_label_of_few_orders_may_be_absent() -> None:
    found = steps(ROW, told(row__label=(2, 2, 2, ["Reason:", "Reason:"]), row__categories=(2, 0, 0, [])))
    assert found["row.reason_label"].example == "Reason:", "what the profile says itself is shown"
    assert {found[key].verdict for key in ("row.project_label", "row.po_label", "row.categories")} == {Verdict.ABSENT}


def test_page_links_must_be_there_only_where_the_list_has_pages() -> None:
    answer = told(work_list__next_page=(1, 0, 0, []))
    assert steps(WORK_LIST, answer)["work_list.next_page"].verdict is Verdict.ABSENT
    judge = Judge(PROFILE)
    judge.more_pages = True
    assert steps(WORK_LIST, answer, judge)["work_list.next_page"].verdict is Verdict.MISSING


def test_the_classes_of_all_are_shown_but_for_their_numbers_and_a_key_is_told_of_once() -> None:
    judge = Judge(PROFILE)
    rows = ["row py-2 work-list-item w-100001 cust-Speedway-LLC", "row w-100002 py-2 cust-Wawa work-list-item"]
    answer = told(work_list__row=(1, 1, 2, rows))
    assert steps(ROW, answer, judge)["work_list.row"].example == "row py-2 work-list-item w-999999 xxxx-Xxxxxxxx-XXX"
    assert steps(ROW, answer, judge) == {}
    assert judge.unchecked("Part", ROW, "why")[0].told == "why"


def test_a_class_of_one_element_alone_is_a_shape_unless_a_selector_names_it() -> None:
    def example(*classes: str) -> str | None:
        return steps(ROW, told(work_list__row=(1, 1, len(classes), list(classes))))["work_list.row"].example

    assert example("work-list-item vip jane-doe") == "work-list-item xxx xxxx-xxx"
    assert example("work-list-item vip", "") == "work-list-item xxx"
    assert example("work-list-item vip jane-doe", "vip work-list-item") == "work-list-item vip xxxx-xxx"


def test_a_path_is_shown_by_its_parts_that_the_profile_knows_and_by_the_shape_of_the_rest() -> None:
    judge = Judge(PROFILE)
    assert judge.masked_path("/app/work/list") == "/app/work/list"
    assert judge.masked_path("/app/customers/jane-doe/4711") == "/app/customers/xxxx-xxx/9999"


def test_where_the_portal_led_instead_is_told_masked() -> None:
    sent = io.BytesIO()
    request = ScrapeRequest("portal_check", "a", "https://portal.example", "u", "/nowhere")
    check = PortalCheck(cast("PortalPage", None), PROFILE, request, EngineLink(sent), cast("SignIn", None))
    check._tell_path("Work list", "paths.work_list", "the path", "/app/jane-doe/4711", found=False)
    (step,) = map(decode_message, sent.getvalue().splitlines())
    assert isinstance(step, PortalStep)
    assert (step.verdict, step.told) == (Verdict.MISSING, "The portal shows /app/xxxx-xxx/9999 instead.")


def test_limits_that_are_too_low_for_the_list_are_missing() -> None:
    low = replace(PROFILE, limits=replace(PROFILE.limits, rows_on_a_page=24, orders=59))
    request = ScrapeRequest("portal_check", "a", "https://portal.example", "u", "/nowhere")
    link, page, sign_in = EngineLink(io.BytesIO()), cast("PortalPage", None), cast("SignIn", None)
    rows, orders = PortalCheck(page, low, request, link, sign_in)._within_limits(25, 60)
    assert (rows.key, rows.verdict, rows.looked_for) == ("limits.rows_on_a_page", Verdict.MISSING, "24")
    assert (orders.key, orders.told) == ("limits.orders", "There are 60.")
    check = PortalCheck(page, low, request, link, sign_in)
    assert [*check._within_limits(24, 59), *check._within_limits(24, None)] == []


@pytest.mark.parametrize(
    "wrong",
    [
        *(None, [], {}, {"told": []}, {"told": {"row.number": {}}}),
        *(told(a=(True, 0, 0, [])), told(a=(1, 1, -1, [])), {"told": {"a": told()}}),
        {"told": {"a": {"roots": 1, "matched": 1, "total": 1, "values": [7]}}},
        {"told": {"a": {"roots": 1, "matched": 1, "total": 1, "values": None}}},
    ],
)
def test_an_answer_that_is_none_is_refused(wrong: Any) -> None:
    with pytest.raises(PortalError):
        answers_of(wrong)


def test_a_key_that_is_missing_already_is_to_blame() -> None:
    judge = Judge(replace(PROFILE))
    steps(ROW, told(row__number=(1, 1, 1, ["x"])), judge)
    assert judge.to_blame(("row.number", "row.number_pattern")) == "row.number_pattern"
    assert judge.to_blame(("visit.date", "visit.due")) == "visit.date"
