"""From a card's raw texts to a dispenser: by label, nothing invented, nothing dropped."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fossatray.core.dispensers import Dispenser
from fossatray.portal.dispenser_cards import CardReader, CardUnreadable, split_title
from fossatray.portal.profile import load_profile
from tests.unit.portal.fuzzing import dropped

PROFILE = load_profile()
RAW: dict[str, Any] = {
    "title": "\n    1/2 - Regular, Ethanol-Free Plus - Dresser Wayne\n    ",
    "serial": "\n S/N: WF 001\n",
    "details": [["Make:", " Dresser Wayne"], ["Model:", " Ovation 2"]],
    "fields": [
        ["\n Grade\n ", "\n Regular, Ethanol-Free Plus\n "],
        ["Stand Alone Code", "0128"],
        ["Number of Nozzles (per side)", "3"],
        ["Meter Type", "Electronic"],
        ["NTEP / COC #", "02-19A29 (All)"],
    ],
}
FULL = Dispenser(
    "1/2", ("Regular", "Ethanol-Free Plus"), "Dresser Wayne", "Ovation 2", "WF 001", "0128", 3, "Electronic",
    "02-19A29 (All)",
)  # fmt: skip


def read(**changes: Any) -> Dispenser:
    return CardReader(PROFILE).read(RAW | changes)


def with_field(label: str, value: str | None) -> Dispenser:
    return read(fields=[*RAW["fields"], [label, value]])


def test_every_field_is_read() -> None:
    assert read() == FULL


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_the_labels_does_not_matter(seed: int) -> None:
    mixed = list(RAW["fields"])
    random.Random(seed).shuffle(mixed)
    assert read(fields=mixed, details=RAW["details"][::-1]) == FULL


def test_what_is_absent_stays_absent() -> None:
    empty = CardReader(PROFILE).read({"title": "", "serial": None, "details": [], "fields": []})
    assert empty == Dispenser()
    blank = [[label, " \n "] for label, _ in RAW["fields"]]
    assert read(title="1/2", serial="S/N: ", details=[], fields=blank) == Dispenser("1/2")


@pytest.mark.parametrize(
    ("label", "field"), [("GRADE", "grades"), ("meter type:", "meter_type"), ("ntep / coc #", "ntep")]
)
def test_a_label_is_known_in_capitals_and_with_a_colon(label: str, field: str) -> None:
    told = read(title="1/2", serial=None, details=[], fields=[[label, "X"]])
    assert getattr(told, field) == (("X",) if field == "grades" else "X")
    assert told.other == ()


def test_a_title_that_tells_nothing_known_is_kept_as_it_is() -> None:
    told = read(title="Diesel", serial=None, details=[], fields=[])
    assert (told.numbers, told.grades, told.make, told.other) == (None, (), None, (("Title", "Diesel"),))


def test_an_unknown_label_is_kept_as_it_is() -> None:
    assert with_field("Leak Test", "passed: 01/02/2025").other == (("Leak Test", "passed: 01/02/2025"),)
    assert with_field("Leak Test", " ").other == (("Leak Test", ""),)
    assert with_field("Leak Test", None).other == (("Leak Test", ""),)
    assert read(serial="Asset: ").other == (("Asset", ""),)
    both = read(fields=[["B", "2"], ["A", "1"], ["B", "3"]])
    assert both.other == (("A", "1"), ("B", "2"), ("B (2)", "3"))


def test_nozzles_that_are_no_number_are_kept_as_they_are_shown() -> None:
    told = read(fields=[["Number of Nozzles (per side)", "2 + 1"]])
    assert (told.nozzles_per_side, told.other) == (None, (("Number of Nozzles (per side)", "2 + 1"),))


def test_a_label_that_says_two_things_loses_neither() -> None:
    told = with_field("Meter Type", "Mechanical")
    assert (told.meter_type, told.other) == ("Electronic", (("Meter Type", "Mechanical"),))
    assert with_field("Meter Type", "Electronic") == FULL


def test_an_unknown_line_in_the_serial_numbers_place_is_kept() -> None:
    assert read(serial="Asset: 17").other == (("Asset", "17"),)


@pytest.mark.parametrize(
    ("title", "make", "parts"),
    [
        ("1/2 - Regular, Plus", "Gilbarco", ("1/2", "Regular, Plus", None)),
        ("1/2 - Regular, Plus - Wayne", "Gilbarco", ("1/2", "Regular, Plus - Wayne", None)),
        ("1/2 - Regular - Dresser-Wayne", "Wayne", ("1/2", "Regular - Dresser-Wayne", None)),
        ("1/2 - Regular - GILBARCO", "Gilbarco", ("1/2", "Regular", "GILBARCO")),
        ("1/2 - ko", "Gilbarco", ("1/2", "ko", None)),
        ("Diesel - Gilbarco", "Gilbarco", (None, "Diesel", "Gilbarco")),
        ("Diesel", None, (None, None, None)),
        ("A/B - Regular - Gilbarco", "Gilbarco", ("A/B", "Regular", "Gilbarco")),
        ("Pump 7 - Regular", "Gilbarco", ("Pump 7", "Regular", None)),
        ("1/2 - Regular, Plus", None, ("1/2", "Regular, Plus", None)),
        ("1/2 - Regular, Plus - Gilbarco", None, ("1/2", "Regular, Plus", "Gilbarco")),
        ("1/2 - Ethanol-Free, E-85 - Dresser Wayne", None, ("1/2", "Ethanol-Free, E-85", "Dresser Wayne")),
        ("1/2 - Regular - Low - Gilbarco", None, ("1/2", "Regular - Low", "Gilbarco")),
        ("1/2 - Regular - Acme - Pumps", "Acme - Pumps", ("1/2", "Regular", "Acme - Pumps")),
        ("1/2 - Gilbarco", "Gilbarco", ("1/2", None, "Gilbarco")),
        ("1/2 - Regular -", None, ("1/2", "Regular", None)),
        ("1/2 - - Gilbarco", None, ("1/2", None, "Gilbarco")),
        ("- Regular - Gilbarco", None, (None, "Regular", "Gilbarco")),
        ("1/2", None, ("1/2", None, None)),
        ("UL-1", None, ("UL-1", None, None)),
        ("", None, (None, None, None)),
    ],
)
def test_titles(title: str, make: str | None, parts: tuple[str | None, str | None, str | None]) -> None:
    assert split_title(title, make) == parts


def test_the_title_stands_in_for_fields_that_are_absent() -> None:
    told = read(details=[], fields=[])
    assert (told.numbers, told.grades, told.make) == (FULL.numbers, FULL.grades, FULL.make)


@pytest.mark.parametrize(
    ("title", "make", "grade", "told"),
    [
        ("1/2 - Regular, Plus", "Gilbarco", None, (("Regular", "Plus"), "Gilbarco")),
        ("1/2 - Regular, Plus", None, None, (("Regular", "Plus"), None)),
        ("1/2 - Diesel", None, "Diesel", (("Diesel",), None)),
        ("1/2 - Regular,Plus - Gilbarco", "Gilbarco", "Regular, Plus", (("Regular", "Plus"), "Gilbarco")),
        ("1/2 - Gilbarco", "Gilbarco", "Regular", (("Regular",), "Gilbarco")),
        ("1/2", "Gilbarco", "Regular", (("Regular",), "Gilbarco")),
    ],
)
def test_a_title_without_make_or_grades_is_no_other_make(
    title: str, make: str | None, grade: str | None, told: tuple[tuple[str, ...], str | None]
) -> None:
    card = read(title=title, serial=None, details=[["Make:", make]], fields=[["Grade", grade]])
    assert (card.numbers, card.grades, card.make, card.other) == ("1/2", *told, ())


@pytest.mark.parametrize(
    "title", ["1/2 - Regular, Plus - Wayne", "1/2 - Regular - Gilbarco", "1/2 - Diesel - GILBARCO"]
)
def test_a_title_that_says_something_else_than_the_fields_is_kept(title: str) -> None:
    card = read(title=title, serial=None, details=[["Make:", "Gilbarco"]], fields=[["Grade", "Diesel"]])
    assert (card.numbers, card.grades, card.make) == ("1/2", ("Diesel",), "Gilbarco")
    assert card.other == (("Title", title),)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": None}, "title"),
        ({"serial": "EN1"}, "serial"),
        ({"fields": [[None, "X"]]}, "label"),
        ({"fields": [["Grade"]]}, "card"),
        ({"fields": None}, "card"),
        ({"title": 3}, "card"),
    ],
)
def test_a_card_that_is_not_as_described_is_unreadable(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(CardUnreadable) as caught:
        read(**changes)
    assert caught.value.field == field


def test_hostile_text_is_only_text_and_what_cannot_be_kept_is_counted() -> None:
    reader = CardReader(PROFILE)
    hostile = '<script>x</script> =HYPERLINK("x") \u202egnp \x1b[31m'
    told = reader.read(RAW | {"fields": [["A\x00", f"\ud83d {hostile}"], ["B", "x" * 1_000_000]]})
    assert told.other == (("A\ufffd", f"\ufffd {hostile}"), ("B", "x" * 1_000_000))
    assert reader.replaced == 2


text = st.none() | st.text(max_size=30) | st.sampled_from(["Grade", "Make:", "1/2 - A - B", " - ", "S/N: 1"])


@given(
    st.fixed_dictionaries(
        {
            "title": text,
            "serial": text,
            "details": st.lists(st.tuples(text, text)),
            "fields": st.lists(st.tuples(text, text)),
        }
    )
)
def test_no_card_crashes_and_no_value_is_dropped_or_invented(raw: dict[str, Any]) -> None:
    try:
        told = CardReader(PROFILE).read(raw)
    except CardUnreadable:
        return
    assert Dispenser.from_json(told.to_json()) == told
    pairs = [part for pair in [*raw["details"], *raw["fields"]] for part in pair]
    words = " ".join(part for part in [raw["title"], raw["serial"], *pairs] if part is not None)
    for value in (told.numbers, told.make, told.serial, told.model, told.meter_type, told.ntep):
        assert value is None or all(
            word.encode(errors="replace").decode() in words or "\ufffd" in word for word in value.split()
        )
    assert dropped(raw, told) == []
