"""The work list in a real browser: filters, paging, controls, and the mishaps a person would see there."""

import pytest
from playwright.sync_api import Page, expect

from fossatray.demo.changes import Change
from fossatray.demo.hostile_text import HOSTILE_TEXTS
from fossatray.demo.mishaps import Mishap
from fossatray.demo.orders import PracticeOrder
from fossatray.demo.portal import PracticePortal
from tests.unit.demo import browsing
from tests.unit.demo.browsing import ROWS

pytestmark = pytest.mark.browser


def numbers_of(orders: list[PracticeOrder]) -> list[str]:
    return [order.number for order in orders]


@pytest.fixture
def shown(page: Page, portal: PracticePortal) -> Page:
    """Signed in."""
    browsing.sign_in(page, portal)
    page.wait_for_url("**/app/dashboard")
    return page


def test_filtered_list_page_by_page(shown: Page, portal: PracticePortal) -> None:
    browsing.open_list(shown, portal)
    browsing.wait_for_rows(shown, 25)
    expect(shown.locator(".length-aware-pagination .text-right")).to_have_text("60 matches")
    expect(shown.locator(".active-search-filters .ks-badge")).to_contain_text("No visits completed")
    seen = browsing.numbers(shown)
    for _ in range(2):
        browsing.next_page(shown)
        seen += browsing.numbers(shown)
    assert seen == numbers_of(portal.orders)
    assert shown.locator(".paginator-wrapper .disabled").count() == 0
    asked = len(portal.requests)
    browsing.next_page(shown)
    assert (browsing.numbers(shown), len(portal.requests)) == (seen[50:], asked), "beyond the end a click does nothing"


@pytest.mark.parametrize("size", [25, 50, 100])
def test_page_size(shown: Page, portal: PracticePortal, size: int) -> None:
    browsing.open_list(shown, portal)
    browsing.wait_for_rows(shown, 25)
    browsing.choose_page_size(shown, size)
    assert browsing.numbers(shown) == numbers_of(portal.orders)[:size]
    expect(shown.locator(".ks-select:has(input[name=limit]) .ks-select-selection")).to_have_text(f"Show {size}")
    expect(shown.locator(".autocomplete-list .selected-item").first).to_have_text("Show 25")
    assert shown.locator(".paginator-wrapper .pagination").is_visible() is (size < 60)


def test_unfiltered_list(shown: Page, portal: PracticePortal) -> None:
    browsing.open_list(shown, portal, {"order_direction": "asc"})
    browsing.wait_for_rows(shown, 25)
    seen = browsing.numbers(shown)
    expect(shown.locator(".simple-pagination .prev-page")).to_contain_class("disabled")
    while shown.locator(".next-page.disabled").count() < 2:  # the other one is in the notifications
        browsing.next_page(shown)
        seen += browsing.numbers(shown)
    assert sorted(seen) == sorted(numbers_of(portal.orders + portal.completed))
    assert shown.get_by_text("matches").count() == 0


def test_completed_and_scheduled_filters(shown: Page, portal: PracticePortal) -> None:
    browsing.open_list(shown, portal, {"work_visit_completion": browsing.ALL_COMPLETED, "order_direction": "asc"})
    browsing.wait_for_rows(shown, len(portal.completed))
    assert browsing.numbers(shown) == numbers_of(portal.completed)
    browsing.open_list(shown, portal, {**browsing.OPEN_LIST, "visit_scheduled": browsing.SCHEDULED})
    scheduled = [order for order in portal.orders if order.visit is not None]
    browsing.wait_for_rows(shown, 25)
    expect(shown.locator(".length-aware-pagination .text-right")).to_have_text(f"{len(scheduled)} matches")
    assert shown.locator(".active-search-filters .ks-badge").count() == 2
    shown.locator(".active-search-filters .ks-badge a").last.click()
    expect(shown.locator(".active-search-filters .ks-badge")).to_have_count(1)


def test_a_completed_order_shows_its_completion_and_no_next_visit(shown: Page, portal: PracticePortal) -> None:
    browsing.open_list(shown, portal, {"work_visit_completion": browsing.ALL_COMPLETED, "order_direction": "asc"})
    browsing.wait_for_rows(shown, len(portal.completed))
    order = portal.completed[0]
    row = shown.locator(f".work-list-item.w-{order.number}")
    counter = row.locator(f".med-5 > .row > .med-5 > div[title='{order.visits_done} / {order.visits_total}']")
    expect(counter.locator(".strike-through")).to_contain_text(f"{order.visits_done} / {order.visits_total}")
    expect(counter.locator("svg[data-icon=circle-check]")).to_have_count(1)
    assert order.completed_on is not None
    expect(row.locator(".mt-1.text-xs.muted")).to_have_text(f"{order.completed_on:%m/%d/%Y}")
    expect(row.locator("a[title='Next Visit']")).to_have_count(0)


def test_descending(shown: Page, portal: PracticePortal) -> None:
    browsing.open_list(shown, portal)
    browsing.wait_for_rows(shown, 25)
    shown.locator("label:has(input[name=order_direction][value=desc])").click()
    expect(shown.locator(".ks-state-active input[name=order_direction]")).to_have_value("desc")
    browsing.settled(shown)
    last_day = max(order.sort_date for order in portal.orders)
    expect(shown.locator(ROWS).first.locator(".mt-0\\.5").last).to_contain_text(f"{last_day:%m/%d/%Y}")


def test_changes_are_seen_after_a_reload(shown: Page, portal: PracticePortal) -> None:
    browsing.open_list(shown, portal)
    browsing.wait_for_rows(shown, 25)
    portal.change(Change.NEW, Change.REMOVED, Change.COMPLETED, Change.PARTLY_COMPLETED)
    shown.reload()
    browsing.wait_for_rows(shown, 25)
    expect(shown.locator(".length-aware-pagination .text-right")).to_have_text("58 matches")
    assert browsing.numbers(shown) == numbers_of(portal.orders)[:25]


def test_thousands_are_paged_fast(page: Page) -> None:
    with PracticePortal(orders=3_000) as portal:
        browsing.sign_in(page, portal)
        browsing.open_list(page, portal)
        browsing.wait_for_rows(page, 25)
        browsing.choose_page_size(page, 100)
        expect(page.locator(".page-link").last).to_have_text("30")
        page.locator(".page-link").last.click()
        expect(page.locator(".current-page")).to_have_text("30")
        assert browsing.numbers(page) == numbers_of(portal.orders)[-100:]


def test_empty(shown: Page, portal: PracticePortal) -> None:
    portal.mishaps.add(Mishap.EMPTY)
    browsing.open_list(shown, portal)
    expect(shown.locator(".length-aware-pagination .text-right")).to_have_text("0 matches")
    portal.mishaps.replace([Mishap.EMPTY_UNPROVED])
    browsing.open_list(shown, portal)
    browsing.settled(shown)
    assert shown.locator(".length-aware-pagination .text-right").count() == 0
    assert shown.locator(".mt-2.bg-white > .row").inner_text().split() == ["Work", "Customer", "Items", "Visits"]
    assert shown.locator(ROWS).count() == 0


def test_page_size_mishaps(shown: Page, portal: PracticePortal) -> None:
    selection = shown.locator(".ks-select:has(input[name=limit]) .ks-select-selection")
    for mishap, text, count in (
        (Mishap.PAGE_SIZE_IGNORED, "Show 25", 25),
        (Mishap.PAGE_SIZE_LYING, "Show 100", 25),
    ):
        portal.mishaps.replace([mishap])
        browsing.open_list(shown, portal)
        browsing.wait_for_rows(shown, 25)
        browsing.choose_page_size(shown, 100)
        expect(selection).to_have_text(text)
        expect(shown.locator(ROWS)).to_have_count(count)
    portal.mishaps.replace([Mishap.PAGE_SIZE_ALREADY_100])
    browsing.open_list(shown, portal)
    browsing.wait_for_rows(shown, 60)
    expect(selection).to_have_text("Show 100")


def test_grid_view(shown: Page, portal: PracticePortal) -> None:
    portal.mishaps.add(Mishap.GRID_VIEW)
    browsing.open_list(shown, portal)
    expect(shown.locator(".work-grid-card")).to_have_count(25)
    assert shown.locator(ROWS).count() == 0
    shown.locator("label:has(input[name=grid_view][value=list])").click()
    browsing.wait_for_rows(shown, 25)
    expect(shown.locator("[dusk=work_grid_view] .ks-state-active input")).to_have_value("list")


def test_changed_layout_and_malformed_rows(shown: Page, portal: PracticePortal) -> None:
    portal.mishaps.add(Mishap.CHANGED_LAYOUT)
    browsing.open_list(shown, portal)
    expect(shown.locator(".wo-table-row")).to_have_count(25)
    assert shown.locator(ROWS).count() == 0
    portal.mishaps.replace([Mishap.MALFORMED_ROWS])
    browsing.open_list(shown, portal)
    browsing.wait_for_rows(shown, 25)
    assert len(browsing.numbers(shown)) == 22


def test_visible_modal(shown: Page, portal: PracticePortal) -> None:
    portal.mishaps.add(Mishap.VISIBLE_MODAL)
    for address in ("/app/work/list", f"/app/customers/locations/{portal.orders[0].location_id}/"):
        shown.goto(f"{portal.origin}{address}")
        cancel = shown.locator(".ks-modal button:visible", has_text="Cancel")
        expect(cancel).to_have_count(1)
        cancel.click()
        expect(cancel).to_have_count(0)


@pytest.mark.parametrize(("mishap", "again"), [(Mishap.EXPIRED_SESSION, False), (Mishap.SESSION_NEVER_LASTS, True)])
def test_session_that_goes(shown: Page, portal: PracticePortal, mishap: Mishap, again: bool) -> None:
    portal.mishaps.add(mishap)
    for lost in (True, again):
        browsing.open_list(shown, portal)
        browsing.wait_for_rows(shown, 25)
        shown.locator(".paginator-wrapper .next-page").click()
        if lost:
            expect(shown.locator("form[name=login]")).to_be_visible()
            browsing.sign_in(shown, portal)
            shown.wait_for_url("**/app/**")
    assert shown.locator("form[name=login]").count() == 0


def test_list_errors(shown: Page, portal: PracticePortal) -> None:
    portal.mishaps.add(Mishap.LIST_ERROR)
    browsing.open_list(shown, portal)
    browsing.settled(shown)
    assert shown.locator(ROWS).count() == 0
    portal.mishaps.replace([Mishap.LIST_ERROR_ONCE])
    browsing.open_list(shown, portal)
    browsing.settled(shown)
    assert shown.locator(ROWS).count() == 0
    shown.reload()
    browsing.wait_for_rows(shown, 25)


@pytest.mark.parametrize(("mishap", "again"), [(Mishap.SHIFTING_ONCE, False), (Mishap.SHIFTING, True)])
def test_shifting(shown: Page, portal: PracticePortal, mishap: Mishap, again: bool) -> None:
    portal.mishaps.add(mishap)
    for shifts in (True, again):
        browsing.open_list(shown, portal)
        browsing.wait_for_rows(shown, 25)
        seen = browsing.numbers(shown)
        for _ in range(2):
            browsing.next_page(shown)
            seen += browsing.numbers(shown)
        assert len(seen) == 60
        assert (len(set(seen)) < 60) is shifts
        assert (seen == numbers_of(portal.orders)) is not shifts


@pytest.mark.parametrize(("mishap", "again"), [(Mishap.REPLACED_ON_PAGE_2_ONCE, 0), (Mishap.REPLACED_ON_PAGE_2, 1)])
def test_an_order_slips_from_page_3_to_page_2(shown: Page, portal: PracticePortal, mishap: Mishap, again: int) -> None:
    portal.mishaps.add(mishap)
    for missed in (1, again):
        browsing.open_list(shown, portal)
        browsing.wait_for_rows(shown, 25)
        before, seen = portal.orders, browsing.numbers(shown)
        for _ in range(2):
            browsing.next_page(shown)
            seen += browsing.numbers(shown)
        expect(shown.locator(".length-aware-pagination .text-right")).to_have_text("60 matches")
        assert len(set(seen)) == 60
        assert [n for n in numbers_of(portal.orders) if n not in seen] == numbers_of(before)[50 : 50 + missed]


def test_hostile_text_stays_text(shown: Page, portal: PracticePortal) -> None:
    portal.mishaps.add(Mishap.HOSTILE_TEXT)
    browsing.open_list(shown, portal)
    browsing.wait_for_rows(shown, 25)
    assert shown.title() == "Work Fossa"
    texts = shown.locator(ROWS).evaluate_all("rows => rows.map(row => row.querySelector('.pre-wrap').textContent)")
    kept = [text.encode("utf-16", "surrogatepass").decode("utf-16", "replace") for text in texts]
    expected = [order.instructions for order in portal.orders[:25]]
    assert kept == [text.encode("utf-16", "surrogatepass").decode("utf-16", "replace") for text in expected]
    lines = shown.locator(ROWS).evaluate_all("rows => rows.map(row => row.textContent).join('')")
    assert sum(text.strip() in lines for text in HOSTILE_TEXTS if "\ud83d" not in text) >= 8


def test_equipment_groups(shown: Page, portal: PracticePortal) -> None:
    shown.goto(f"{portal.origin}/app/customers/locations/{portal.orders[0].location_id}/equipment?equipment_type_id=3")
    toggle = shown.locator("a.ml-1", has_text="Dispenser")
    expect(toggle).to_have_attribute("title", "Show equipment")
    cards = shown.locator(".location-panel > .mt-4").first.locator(".py-1\\.5")
    count = int("".join(filter(str.isdigit, toggle.inner_text())))
    expect(cards).to_have_count(count)
    assert not cards.first.is_visible()
    for title, visible in (("Hide equipment", True), ("Show equipment", False)):
        toggle.click()
        expect(toggle).to_have_attribute("title", title)
        assert cards.first.is_visible() is visible


def test_latency_shows_the_loader(page: Page) -> None:
    with PracticePortal(latency=0.3) as portal:
        browsing.sign_in(page, portal)
        browsing.open_list(page, portal)
        assert page.locator("#work-order-search-bar + div .loader-line").is_visible()
        assert page.locator(ROWS).count() == 0
        browsing.wait_for_rows(page, 25)


def test_logout(shown: Page, portal: PracticePortal) -> None:
    shown.locator(".sub-dropdown a", has_text="Logout").dispatch_event("click")
    expect(shown.locator("form[name=login]")).to_be_visible()
    shown.goto(f"{portal.origin}/app/work/list")
    assert shown.url == f"{portal.origin}/login"


def test_equipment_mishaps(shown: Page, portal: PracticePortal) -> None:
    address = f"{portal.origin}/app/customers/locations/{portal.orders[0].location_id}/equipment"
    toggle = shown.locator("a.ml-1", has_text="Dispenser")
    portal.mishaps.add(Mishap.EQUIPMENT_OPEN)
    shown.goto(address)
    expect(toggle).to_have_attribute("title", "Hide equipment")
    portal.mishaps.replace([Mishap.TOGGLE_IGNORED])
    shown.goto(address)
    for title in ("Show equipment", "Hide equipment"):
        toggle.click()
        expect(toggle).to_have_attribute("title", title)


def test_foreign_dates_and_a_restless_network(shown: Page, portal: PracticePortal) -> None:
    portal.mishaps.replace([Mishap.FOREIGN_DATES, Mishap.RESTLESS])
    browsing.open_list(shown, portal)
    browsing.wait_for_rows(shown, 25)
    order = next(order for order in portal.orders if order.visit is not None and order.visit.date.day > 12)
    assert order.visit is not None
    expect(shown.locator(f".w-{order.number} a[title='Next Visit']")).to_contain_text(f"{order.visit.date:%d/%m/%Y}")
    asked = len(portal.requests)
    with shown.expect_response(lambda response: len(portal.requests) > asked + 2):
        browsing.settled(shown)
