"""The steps of a profile's check: masked, over the wire, and judged as a whole."""

from __future__ import annotations

from dataclasses import asdict, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fossatray.core.errors import ScrapeProcessDied
from fossatray.core.portal_check import PortalStep, Verdict, missing_keys, portal_step
from fossatray.core.text import shape
from fossatray.core.wire import decode_message, encode_message

STEP = PortalStep("Rows", "row.number", "the number", "a.number", Verdict.FOUND, 2, 3, "X-999999", None)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("W-100001", "X-999999"),
        ("Zoë O'Neil, 12 Main St.", "Xxx X'Xxxx, 99 Xxxx Xx."),
        ("Ǆ ß 東京 Ⅻ ٣", "X x xx 9 9"),
        ("", ""),
    ],
)
def test_a_shape_keeps_no_letter_and_no_digit(text: str, masked: str) -> None:
    assert shape(text) == masked


@given(st.text())
def test_a_shape_is_as_long_as_its_text_and_its_own_shape(text: str) -> None:
    masked = shape(text)
    assert len(masked) == len(text)
    assert shape(masked) == masked
    assert not any(char.isalnum() and char not in "Xx9" and char.isalpha() for char in masked)


def test_a_step_crosses_the_wire() -> None:
    for step in (STEP, replace(STEP, of=None, example=None, told="gone", verdict=Verdict.MISSING)):
        assert decode_message(encode_message(step)) == step
        assert portal_step(step.to_json()) == step


@pytest.mark.parametrize(
    "wrong",
    [
        {"verdict": "perhaps"},
        {"matched": -1},
        {"matched": True},
        {"of": "3"},
        {"key": None},
        {"looked_for": "x" * 5000},
        {"example": 7},
    ],
)
def test_a_step_that_is_none_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"expected|valid"):
        portal_step(asdict(STEP) | wrong)
    with pytest.raises(ScrapeProcessDied):
        decode_message(encode_message(STEP).replace(b'"found"', b'"perhaps"'))


def test_each_missing_key_is_named_once() -> None:
    gone = replace(STEP, verdict=Verdict.MISSING)
    absent = replace(STEP, key="row.project_label", verdict=Verdict.ABSENT)
    assert missing_keys([STEP, gone, absent, replace(gone, key="visit.date"), gone]) == ("row.number", "visit.date")
