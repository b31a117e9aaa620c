"""How the tests use the portal's pages in a browser."""

from urllib.parse import urlencode

from playwright.sync_api import Page, expect

from fossatray.demo.portal import PracticePortal

NONE_COMPLETED = "none||No visits completed||Work Visits Completed"
ALL_COMPLETED = "all||All visits completed||Work Visits Completed"
SCHEDULED = "scheduled||||With Scheduled Visits"
OPEN_LIST = {"work_visit_completion": NONE_COMPLETED, "order_direction": "asc"}
ROWS = ".work-list-item"


def sign_in(page: Page, portal: PracticePortal, password: str | None = None) -> None:
    """Fills the form and posts it."""
    page.goto(f"{portal.origin}/login")
    page.locator("input[name=email]").fill(portal.username)
    page.locator("input[name=password]").fill(password if password is not None else portal.password)
    page.locator("input[type=submit]").click()


def open_list(page: Page, portal: PracticePortal, query: dict[str, str] | None = None) -> None:
    """Opens the work list; does not wait for its rows."""
    page.goto(f"{portal.origin}/app/work/list?{urlencode(OPEN_LIST if query is None else query)}")


def settled(page: Page) -> None:
    """Waits until no loader line shows."""
    page.wait_for_function(
        "[...document.querySelectorAll('.loader-line')].every((line) => line.style.display === 'none')"
    )


def choose_page_size(page: Page, size: int) -> None:
    """Chooses from the page-size control and waits for the rows."""
    control = page.locator(".ks-select", has=page.locator("input[name=limit]"))
    control.locator(".ks-select-selection").click()
    control.locator("li", has_text=f"Show {size}").last.click()
    settled(page)


def numbers(page: Page) -> list[str]:
    """The numbers shown, in their order."""
    texts = page.locator(f"{ROWS} .ks-checkbox-label-wrapper a").all_text_contents()
    return [text.strip().removeprefix("W-") for text in texts]


def next_page(page: Page) -> None:
    """Goes to the next page of the work list."""
    page.locator(".paginator-wrapper .next-page").click()
    settled(page)


def wait_for_rows(page: Page, count: int) -> None:
    """Waits until so many rows are there and the loaders are idle."""
    expect(page.locator(ROWS)).to_have_count(count)
    settled(page)
