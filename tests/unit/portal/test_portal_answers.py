"""What an answer of the portal stands for, on a page that only tells of answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from playwright.async_api import Page

from fossatray.core.errors import (
    AskedTooOften,
    LedElsewhere,
    PortalAnswerBroken,
    PortalError,
    PortalMaintenance,
    PortalServerError,
    PortalUnreachable,
    SignInPageMissing,
)
from fossatray.portal.portal_page import PortalPage

ORIGIN = "https://portal.example"


@dataclass
class Asked:
    """A request for data."""

    frame: object = None
    resource_type: str = "xhr"

    def is_navigation_request(self) -> bool:
        return False


@dataclass
class Answer:
    """What a portal says to it."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    url: str = f"{ORIGIN}/api/work"
    request: Asked = field(default_factory=Asked)


class Told:
    """Stands for the browser's page: keeps who listens, and tells them."""

    main_frame = object()

    def __init__(self) -> None:
        self.listening: dict[str, Callable[[Any], Any]] = {}

    def on(self, event: str, listener: Callable[[Any], Any]) -> None:
        self.listening[event] = listener


@pytest.mark.parametrize(
    ("status", "headers", "error", "wait"),
    [
        (503, {}, PortalMaintenance, None),
        (503, {"retry-after": "soon"}, PortalMaintenance, None),
        (503, {"retry-after": "3600"}, AskedTooOften, 3600.0),
        (429, {"retry-after": "5"}, AskedTooOften, 5.0),
        (429, {}, AskedTooOften, None),
    ],
)
def test_a_portal_that_says_how_long_it_is_closed_is_left_alone(
    status: int, headers: dict[str, str], error: type[PortalError], wait: float | None
) -> None:
    told = Told()
    page = PortalPage(cast("Page", told), ORIGIN, page_limit=1.0)
    told.listening["response"](Answer(status, headers))
    assert (page.worst, page.retry_after) == (status, wait)
    with pytest.raises(PortalError) as caught:
        page.raise_for_status(page.worst)
    assert type(caught.value) is error
    assert ("maintenance" in str(caught.value)) is (status == 503)


@pytest.mark.parametrize(
    ("answered", "error"),
    [
        ({"worst": 500}, PortalServerError),
        ({"worst": 401}, PortalServerError),
        ({"led_elsewhere": True}, LedElsewhere),
        ({"data_lost": True}, PortalUnreachable),
    ],
)
def test_what_comes_instead_of_data_has_its_error(answered: dict[str, Any], error: type[PortalError]) -> None:
    page = PortalPage(cast("Page", Told()), ORIGIN, page_limit=1.0)
    page.raise_for_answer()
    for name, value in answered.items():
        setattr(page, name, value)
    with pytest.raises(PortalError) as caught:
        page.raise_for_answer()
    assert type(caught.value) is error


NOTHING, HTML, JSON = Answer(204), Answer(200, {"content-type": "text/html; charset=UTF-8"}), Answer(200)


@pytest.mark.parametrize(
    ("answers", "no_data"),
    [((), False), ((NOTHING,), True), ((HTML,), True), ((JSON,), False), ((NOTHING, JSON), False)],
)
def test_it_is_known_whether_any_data_came_since_the_page_was_turned_to(
    answers: tuple[Answer, ...], no_data: bool
) -> None:
    told = Told()
    page = PortalPage(cast("Page", told), ORIGIN, page_limit=1.0)
    told.listening["response"](JSON)
    page.turn()
    for answer in answers:
        told.listening["response"](answer)
    assert page.no_data is no_data
    page.raise_for_answer()
    if no_data:
        with pytest.raises(PortalAnswerBroken):
            page.raise_for_no_data()


def test_a_password_that_the_browser_is_to_ask_for_is_no_end_of_a_session() -> None:
    page = PortalPage(cast("Page", Told()), ORIGIN, page_limit=1.0)
    page.raise_for_status(401)
    page.asks_password = True
    with pytest.raises(SignInPageMissing):
        page.raise_for_status(401)


def test_a_page_that_was_cut_off_is_unreachable() -> None:
    page = PortalPage(cast("Page", Told()), ORIGIN, page_limit=1.0)
    page.document_lost.set()
    with pytest.raises(PortalUnreachable):
        page.raise_for_answer()
    page.reset()
    page.raise_for_answer()
