"""Raw row texts to work orders: what is absent stays absent, what cannot be read is named, never guessed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from fossatray.core.orders import Address, Service, Visit, WorkOrder
from fossatray.portal.profile import load_profile
from fossatray.portal.rows import RowReader, RowUnreadable, read_address, read_date, read_moment
from tests.unit.portal.scripted_list import row

ORIGIN = "https://portal.example"


def raw(**changes: Any) -> dict[str, Any]:
    """A row with nothing but its number; a part may be given."""
    bare = row("100001") | {"classes": "row py-2 work-list-item w-100001", "number": "\n   W-100001\n "}
    return {**bare, **changes}


def read(**changes: Any) -> WorkOrder:
    return RowReader(load_profile(), ORIGIN).read(raw(**changes))


def unreadable(**changes: Any) -> str:
    with pytest.raises(RowUnreadable) as caught:
        read(**changes)
    return caught.value.field


def test_absent_stays_absent() -> None:
    assert read() == WorkOrder("100001", contact=(), billing=())


@pytest.mark.parametrize(
    "changes",
    [
        {"number": None, "href": None},
        {"number": "W-100002"},
        {"href": "/app/work/100002/"},
        {"href": "/app/work/100001/visits/200001/"},
        {"classes": "row py-2 work-list-item"},
        {"number": "100001"},
        {"number": "W-١٠٠٠٠١"},
    ],
)
def test_number_link_and_class_must_agree(changes: dict[str, Any]) -> None:
    assert unreadable(**changes) == "number"


def test_a_day_of_completion_of_another_form_is_left_out_and_counted() -> None:
    reader = RowReader(load_profile(), ORIGIN)
    assert reader.read(raw(completed="06/13/2025")).completed_on == date(2025, 6, 13)
    assert reader.told() == []
    assert reader.read(raw(completed="06/13/2025 4:10pm")).completed_on is None
    assert reader.told() == ["the day of completion could not be read (row.completed) in 1 rows"]
    reader.reset()
    assert reader.told() == []


def test_a_row_of_another_shape_is_unreadable_as_a_whole() -> None:
    with pytest.raises(RowUnreadable):
        RowReader(load_profile(), ORIGIN).read({"number": "W-1"})


def test_site_lines_are_told_apart_by_their_links() -> None:
    order = read(
        site=[
            ["\n Circle K Stores \n", "/app/customers/9003/"],
            ["#1471471", "/app/customers/locations/30097/"],
            ["\n Circle K\n ", None],
        ]
    )
    assert (order.customer, order.customer_url) == ("Circle K Stores", f"{ORIGIN}/app/customers/9003/")
    assert (order.store_number, order.location_url) == ("#1471471", f"{ORIGIN}/app/customers/locations/30097/")
    assert order.site_name == "Circle K"


def test_a_missing_customer_is_not_replaced_by_the_location() -> None:
    order = read(site=[["#12345/6789", "/app/customers/locations/5/"]])
    assert (order.customer, order.customer_url, order.store_number) == (None, None, "#12345/6789")


@pytest.mark.parametrize(
    "href",
    [
        "javascript:alert(1)",
        "//evil.example/app/customers/1/",
        "https://evil.example/",
        "file:///etc/passwd",
        "\\\\x\\y",
    ],
)
def test_a_link_to_elsewhere_is_dropped_and_its_text_kept(href: str) -> None:
    order = read(site=[["Wawa", href], ["#1", href], ["Wawa", None]])
    assert (order.customer, order.customer_url, order.store_number, order.location_url) == ("Wawa", None, "#1", None)


@pytest.mark.parametrize(
    "another",
    [
        ["Open at night", None],
        ["Contacts", "/app/contacts/1/"],
        ["Equipment", "/app/customers/locations/30097/equipment"],
        ["", "/app/contacts/1/"],
    ],
    ids=["plain", "link", "link to a site", "link without a text"],
)
def test_a_further_site_line_takes_no_place_and_is_told_wherever_it_stands(another: list[str | None]) -> None:
    own = [["Wawa Inc", "/app/customers/1/"], ["#1", "/app/customers/locations/2/"], ["Wawa", None]]
    reader = RowReader(load_profile(), ORIGIN)
    for at in range(4):
        reader.reset()
        reader.read(raw(site=[*own[:at], another, *own[at:]]))
        assert reader.told() == ["shown in rows besides what is kept, and left out: row.site_lines (1)"]
    order = reader.read(raw(site=[*own, another]))
    assert (order.customer, order.customer_url) == ("Wawa Inc", f"{ORIGIN}/app/customers/1/")
    assert (order.store_number, order.location_url) == ("#1", f"{ORIGIN}/app/customers/locations/2/")
    assert order.site_name == "Wawa"


def test_a_site_line_that_comes_twice_is_one() -> None:
    reader = RowReader(load_profile(), ORIGIN)
    lines = [["Wawa", None], ["#1", "/app/customers/locations/2/"]]
    order = reader.read(raw(site=[*lines, *lines, [" ", None]]))
    assert (order.store_number, order.site_name, reader.told()) == ("#1", "Wawa", [])


def test_a_link_without_a_text_is_no_second_customer_and_no_site() -> None:
    order = read(site=[["", "/app/customers/1/"], ["", "/app/customers/2/"]])
    assert (order.customer_url, order.location_url) == (f"{ORIGIN}/app/customers/1/", None)


def test_what_a_row_shows_more_than_once_is_told_and_two_numbers_make_it_unreadable() -> None:
    reader = RowReader(load_profile(), ORIGIN)
    for _ in range(2):
        reader.read(raw(further=["row.visit"]))
    reader.read(raw(further=["row.status"], services=[["Parts", []]], site=[["Wawa", "https://evil.example/"]]))
    assert reader.told() == [
        "shown in rows besides what is kept, and left out: row.visit (2), row.status (1), row.service_groups (1)",
        "links that lead elsewhere, left out: 1",
    ]
    reader.reset()
    assert reader.told() == []
    assert unreadable(further=["row.number"]) == "number"


@pytest.mark.parametrize(
    ("lines", "address"),
    [
        ([], Address()),
        (
            ["1 Main St", "Anytown FL 32701", "Orange County"],
            Address("1 Main St", (), "Anytown", "FL", "32701", "Orange County"),
        ),
        (
            ["14404 Mock Parkway", "Suite 5", "NEC of A & B", "St. Pete Beach FL 32701-0123", "De Soto County"],
            Address(
                "14404 Mock Parkway",
                ("Suite 5", "NEC of A & B"),
                "St. Pete Beach",
                "FL",
                "32701-0123",
                "De Soto County",
            ),
        ),
        (["1 Main St", "Anytown FL 346680042"], Address("1 Main St", (), "Anytown", "FL", "346680042", None)),
        (
            ["1 Main St", "Anytown, Florida 3270"],
            Address("1 Main St", ("Anytown, Florida 3270",), None, None, None, None),
        ),
        (["1 Main St"], Address("1 Main St")),
        (["Anytown FL 32701"], Address(None, (), "Anytown", "FL", "32701", None)),
        (["1 County Road", "Orange County"], Address("1 County Road", county="Orange County")),
    ],
)
def test_address_lines(lines: list[str], address: Address) -> None:
    assert read_address(lines) == address


def test_services_keep_their_groups_and_odd_codes() -> None:
    order = read(
        services=[
            ["Combo", [["1 x ", "7-11 Calibration Services ", "(CAL-SERV)"]]],
            ["Parts", [["2 x ", "Filter ", "(400HS-10)"], ["0 x ", "Filter (spare) ", None], [None, None, None]]],
        ]
    )
    assert order.services == (
        Service("Combo", "7-11 Calibration Services", "CAL-SERV", 1),
        Service("Parts", "Filter", "400HS-10", 2),
        Service("Parts", "Filter (spare)", None, 0),
        Service("Parts", None, None, None),
    )


@pytest.mark.parametrize(
    ("line", "field"),
    [
        (["many x", "Filter", "(1)"], "service quantity"),
        (["1.5 x", "F", None], "service quantity"),
        (["1 x", "F", "2861"], "service code"),
    ],
)
def test_a_service_that_cannot_be_read_is_named(line: list[str], field: str) -> None:
    assert unreadable(services=[["Group", [line]]]) == field


def visit(**changes: Any) -> dict[str, Any]:
    whole = {
        "href": "/app/work/100001/visits/200001/",
        "date": "\n 06/30/2025 ",
        "time": "\n (anytime) ",
        "due": "\n Due: 07/03/2025 ",
    }
    return {**whole, **changes}


def test_the_next_visit() -> None:
    url = f"{ORIGIN}/app/work/100001/visits/200001/"
    assert read(visit=visit()).visit == Visit("200001", url, date(2025, 6, 30), "anytime", date(2025, 7, 3))
    assert read(visit=visit(time="8:00 am - noon", due=None, date=None)).visit == Visit(
        "200001", url, None, "8:00 am - noon", None
    )


def test_a_visit_elsewhere_keeps_its_date_but_no_link() -> None:
    told = read(visit=visit(href="https://evil.example/app/work/100001/visits/2/")).visit
    assert told is not None
    assert (told.id, told.url, told.date) == (None, None, date(2025, 6, 30))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"href": "/app/work/100001/"}, "visit"),
        ({"href": "/app/work/100002/visits/200001/"}, "visit"),
        ({"date": "30/06/2025"}, "date"),
        ({"date": "2025-06-30"}, "date"),
        ({"due": "07/03/2025"}, "due date"),
    ],
)
def test_a_visit_that_cannot_be_read_is_named(changes: dict[str, Any], field: str) -> None:
    assert unreadable(visit=visit(**changes)) == field


def test_counter_and_labels() -> None:
    order = read(
        counter="1 / 2",
        contact=["\n Pat Contact ", "Example  Account", " "],
        billing=["Fuel Equipment", "BILL001", "\n Net 30\n "],
        completed="\n 06/13/2025 ",
        labelled=[["Reason:", " AccuMeasure\n"], ["PO #:", " PO1 "], ["Project:", " "], ["Other:", "x"]],
    )
    assert (order.visits_done, order.visits_total) == (1, 2)
    assert (order.reason, order.po_number, order.project) == ("AccuMeasure", "PO1", None)
    assert (order.contact, order.billing) == (
        ("Pat Contact", "Example Account"),
        ("Fuel Equipment", "BILL001", "Net 30"),
    )
    assert order.completed_on == date(2025, 6, 13)
    assert unreadable(counter="one of two") == "visits"


def test_a_label_that_comes_twice_says_the_same_or_the_row_cannot_be_read() -> None:
    assert read(labelled=[["PO #:", "77"], ["PO #:", " 77 "]]).po_number == "77"
    for label, field in (("PO #:", "po_number"), ("Reason:", "reason"), ("Project:", "project")):
        assert unreadable(labelled=[[label, "77"], [label, "78"]]) == field
        assert unreadable(labelled=[[label, "77"], [label, ""]]) == field


@pytest.mark.parametrize(
    ("text", "name", "moment"),
    [
        (" Jordan Q. Sample III • 01/14/2025 12:40am ", "Jordan Q. Sample III", datetime(2025, 1, 14, 0, 40)),
        ("A • B • 01/14/2025 12:00pm", "A • B", datetime(2025, 1, 14, 12, 0)),
        (" • 01/14/2025 01:05pm", None, datetime(2025, 1, 14, 13, 5)),
        (None, None, None),
    ],
)
def test_created_by_and_at(text: str | None, name: str | None, moment: datetime | None) -> None:
    order = read(creator=text)
    assert (order.created_by, order.created_at) == (name, moment)


@pytest.mark.parametrize("text", ["Jordan", "Jordan • yesterday", "J • 01/14/2025 13:00pm", "J • 02/30/2025 01:00pm"])
def test_a_creation_that_cannot_be_read_is_named(text: str) -> None:
    assert unreadable(creator=text) in ("created_at", "date")


@pytest.mark.parametrize("text", ["1/2/2025", "02/30/2025", "13/01/2025", "00/10/2025", "01/01/0000", "٠١/٠١/٢٠٢٥"])
def test_only_strict_dates_are_read(text: str) -> None:
    with pytest.raises(RowUnreadable):
        read_date(text)


def test_only_strict_moments_are_read() -> None:
    assert read_moment("12/31/2025 11:59pm") == datetime(2025, 12, 31, 23, 59)
    for text in ("12/31/2025 00:10am", "12/31/2025 11:60pm", "12/31/2025 11:59PM", "12/31/2025"):
        with pytest.raises(RowUnreadable):
            read_moment(text)


def test_instructions_keep_their_lines_and_replaced_characters_are_counted() -> None:
    reader = RowReader(load_profile(), ORIGIN)
    order = reader.read(raw(instructions="  Day 1\r\n\r\n a \x00 b\ud83d\n", status="O\x00K", categories=["A", " "]))
    assert order.instructions == "Day 1\n\n a \ufffd b\ufffd"
    assert order.status == "O\ufffdK"
    assert order.categories == ("A",)
    assert reader.replaced == 3


def test_labels_that_are_not_known_are_counted() -> None:
    reader = RowReader(load_profile(), ORIGIN)
    for label in ("Reason:", "Why:", "Why:", None):
        reader.read(raw(labelled=[[label, "x"], ["PO #:", "1"]]))
    assert reader.unknown_labels == {"Why:": 2, "": 1}
