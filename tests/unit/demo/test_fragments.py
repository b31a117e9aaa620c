"""The portal's DOM beside every recorded fragment of the real one's."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from fossatray.demo.equipment import PracticeEquipment
from fossatray.demo.mishaps import Mishap
from fossatray.demo.orders import PracticeOrder
from fossatray.demo.portal import PracticePortal
from tests.harness import fragment_orders
from tests.unit.demo import browsing
from tests.unit.demo.dom_comparison import Element, differences, each, recorded, rendered, with_class
from tests.unit.portal.fragment_dispensers import EXPANDED

pytestmark = pytest.mark.browser

FRAGMENTS = Path(__file__).parents[2] / "fragments"
USERNAME = "technician@example.com"
SHORTENED = {"w-100097", "w-100104"}
"""Rows whose instructions were shortened when the fragments were scrubbed: the link "more..." stayed visible."""


def fragment(name: str) -> str:
    return (FRAGMENTS / name).read_text(encoding="utf-8")


@pytest.fixture
def practice() -> Iterator[PracticePortal]:
    """The very orders of the fragments, seen on the day they were saved."""
    with PracticePortal(records=fragment_orders.ALL, today=fragment_orders.SAVED_ON, username=USERNAME) as running:
        yield running


def tidy_rows(root: Element) -> Element:
    """Takes out what the recording itself disturbed: the alternating shade (rows were left out) and shortened texts."""
    for item in each(root):
        if any("work-list-item" in child["attributes"].get("class", "") for child in item["children"]):
            item["attributes"].pop("class", None)
        if SHORTENED & set(item["attributes"].get("class", "").split()):
            link = next(inner for inner in each(item) if inner["text"] == "more...")
            link["attributes"].pop("style", None)
    return root


def test_sign_in_page(page: Page, practice: PracticePortal) -> None:
    page.goto(practice.origin)
    html = fragment("login-page.html")
    [expected], [actual] = recorded(page, html, "body"), rendered(page, "body")
    for body in (expected, actual):
        next(item for item in each(body) if item["attributes"].get("name") == "_token")["attributes"]["value"] = "token"
    assert differences(expected, actual) == []
    head = "head > title, head > link, head > meta[name]"
    for one, other in zip(recorded(page, html, head), rendered(page, head), strict=True):
        assert differences(one, other) == []


@pytest.mark.parametrize(
    ("name", "records", "query", "matches"),
    [
        ("work-list-filtered.html", fragment_orders.FILTERED, browsing.OPEN_LIST, ("44 matches", "5 matches")),
        ("work-list-unfiltered.html", fragment_orders.UNFILTERED, {}, ("", "")),
    ],
    ids=["filtered", "unfiltered"],
)
def test_work_list(
    page: Page,
    name: str,
    records: tuple[PracticeOrder, ...],
    query: dict[str, str],
    matches: tuple[str, str],
) -> None:
    with PracticePortal(records=records, today=fragment_orders.SAVED_ON, username=USERNAME) as portal:
        browsing.sign_in(page, portal)
        browsing.open_list(page, portal, query)
        browsing.wait_for_rows(page, len(records))
        browsing.choose_page_size(page, 100)
        [expected], [actual] = recorded(page, fragment(name), "body"), rendered(page, "body")
        for item in each(expected):
            item["text"] = matches[1] if item["text"] and item["text"] == matches[0] else item["text"]
        assert differences(tidy_rows(expected), tidy_rows(actual)) == []


def test_work_list_head(page: Page, practice: PracticePortal) -> None:
    browsing.sign_in(page, practice)
    browsing.open_list(page, practice)
    selector = "head > title, head > link, head > meta[name]"
    expected, actual = recorded(page, fragment("work-list-filtered.html"), selector), rendered(page, selector)
    token = [item for item in (*expected, *actual) if item["attributes"].get("name") == "csrf-token"]
    assert len(token) == 2
    for item in token:
        item["attributes"]["content"] = "token"
    assert [found for pair in zip(expected, actual, strict=True) for found in differences(*pair)] == []


def test_row_variants(page: Page, practice: PracticePortal) -> None:
    browsing.sign_in(page, practice)
    browsing.open_list(page, practice)
    browsing.wait_for_rows(page, len(practice.orders))
    html = fragment("work-list-row-variants-v1.html")
    for order in fragment_orders.VARIANTS:
        selector = f".w-{order.number}"
        [expected], [actual] = recorded(page, html, selector), rendered(page, selector)
        assert differences(tidy_rows(expected), tidy_rows(actual)) == []


def open_equipment(page: Page, portal: PracticePortal) -> None:
    browsing.sign_in(page, portal)
    page.goto(f"{portal.origin}/app/customers/locations/{portal.orders[0].location_id}/")
    page.locator("[dusk=equipment-tab]").click()
    expect(page.locator(".group-heading").first).to_be_visible()


def test_equipment_expanded(page: Page, portal: PracticePortal) -> None:
    open_equipment(page, portal)
    page.locator("a[title='Show equipment']", has_text="Dispenser").click()
    html = fragment("equipment-dispenser-section-expanded.html")
    [expected], actual = recorded(page, html, ".mt-4"), rendered(page, ".location-panel > .mt-4")[0]
    heads = [group["children"][0] for group in (expected, actual)]
    assert differences(*heads, texts=False) == []
    bodies = [group["children"][1] for group in (expected, actual)]
    assert bodies[0]["attributes"] == bodies[1]["attributes"]
    for index, card in enumerate(bodies[1]["children"]):
        full = same_shape(bodies[0]["children"][index % 2], card)
        assert differences(full, card, texts=False) == []


def recorded_dispensers() -> tuple[PracticeEquipment, ...]:
    """The recorded fragment's dispensers."""
    cards = []
    for dispenser in EXPANDED:
        grades = ", ".join(dispenser.grades)
        fields = [
            ("Grade", grades),
            ("Stand Alone Code", dispenser.stand_alone_code or ""),
            ("Number of Nozzles (per side)", str(dispenser.nozzles_per_side)),
            ("Meter Type", dispenser.meter_type or ""),
        ]
        title = f"{dispenser.numbers} - {grades} - {dispenser.make}"
        cards.append(PracticeEquipment(title, dispenser.make or "", dispenser.model, dispenser.serial, tuple(fields)))
    return tuple(cards)


def test_equipment_with_the_recorded_dispensers(page: Page, portal: PracticePortal) -> None:
    place = portal.orders[0].location_id
    portal.put_dispensers(place, recorded_dispensers())
    open_equipment(page, portal)
    page.locator("a[title='Show equipment']", has_text="Dispenser").click()
    [expected] = recorded(page, fragment("equipment-dispenser-section-expanded.html"), ".mt-4")
    actual = rendered(page, ".location-panel > .mt-4")[0]
    link = next(item for item in each(expected) if "30001" in item["attributes"].get("href", ""))
    link["attributes"]["href"] = link["attributes"]["href"].replace("30001", str(place))
    assert differences(expected, actual) == []


def same_shape(expected: Element, card: Element) -> Element:
    """The recorded card with as many fields as `card`, and without the serial number or model that `card` lacks."""
    fields = with_class(expected, "row-collapse")[0]
    fields["children"] = [fields["children"][0]] * len(with_class(card, "row-collapse")[0]["children"])
    title = with_class(expected, "align-start")[0]["children"][0]
    if not any(item["text"].startswith("S/N") for item in each(card)):
        title["children"] = [item for item in title["children"] if not item["text"].startswith("S/N")]
    if not any(item["text"] == "Model:" for item in each(card)):
        details = title["children"][-1]
        details["children"] = details["children"][:1]
    return expected


def test_equipment_collapsed(page: Page, portal: PracticePortal) -> None:
    open_equipment(page, portal)
    [expected] = recorded(page, fragment("small-fragments.html"), ".group-heading > div")
    actual = rendered(page, ".location-panel .group-heading > .text-normal")[0]
    assert differences(expected, actual, texts=False) == []
    body = rendered(page, ".location-panel > .mt-4")[0]["children"][1]
    assert "display: none" in body["attributes"]["style"]


def test_loader_states(page: Page, portal: PracticePortal) -> None:
    busy, idle = recorded(page, fragment("small-fragments.html"), "div:has(> .loader-line)")
    browsing.sign_in(page, portal)
    portal.mishaps.add(Mishap.HANGING)
    browsing.open_list(page, portal)
    lines = "div:has(> .loader-line)"
    shown = [item for item in rendered(page, lines) if "display" not in item["children"][0]["attributes"]["style"]]
    assert [differences(busy, item) for item in shown] == [[]]
    hidden = [
        item
        for item in rendered(page, f".ks-modal {lines}")
        if "position" not in item["children"][0]["attributes"]["style"]
    ]
    assert [differences(idle, item) for item in hidden] == [[]] * 6
    assert page.locator(".loader-line").count() == 10


def test_page_size_control(page: Page, portal: PracticePortal) -> None:
    [expected] = recorded(page, fragment("small-fragments.html"), ".ks-select-selection")
    browsing.sign_in(page, portal)
    browsing.open_list(page, portal)
    actual = rendered(page, ".ks-select:has(input[name=limit]) > .ks-select-selection")
    assert [differences(expected, item) for item in actual] == [[]]


def test_a_difference_is_found(page: Page) -> None:
    html = '<div class="a b" title="x"><p>one</p></div>'
    [expected] = recorded(page, html, "div")
    for changed in ("a b", 'title="x"', "<p>one</p>", "one"):
        [actual] = recorded(page, html.replace(changed, "a" if changed == "a b" else ""), "div")
        assert differences(expected, actual), changed
