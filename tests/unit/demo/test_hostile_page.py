"""The page that tries every way to another origin: in a browser that nothing holds back, most ways lead there."""

import pytest
from playwright.sync_api import Page

from fossatray.demo.hostile_ways import LAST_SCRIPT, MARKUP, SCRIPTS, WAYS
from fossatray.demo.mishaps import Mishap
from fossatray.demo.portal import PracticePortal
from tests.unit.demo import browsing
from tests.unit.demo.canary import Canary

SOCKET_ONLY = {"link-dns", "link-preconnect", "web-rtc", "web-rtc-names", "web-transport"}
"""Ways that reach the other host without a request that HTTP could tell by its path."""


def test_names() -> None:
    assert len(WAYS) == len(set(WAYS)) == len(MARKUP) + len(SCRIPTS) + 1
    assert len(WAYS) >= 39 + len(SOCKET_ONLY)
    assert set(WAYS) >= SOCKET_ONLY


@pytest.mark.browser
def test_every_way_is_tried_and_most_arrive(page: Page) -> None:
    with Canary() as canary, PracticePortal(mishaps=[Mishap.HOSTILE_PAGE], canary_origin=canary.origin) as portal:
        browsing.sign_in(page, portal)
        page.goto(f"{portal.origin}/app/work/list?order_direction=asc", wait_until="domcontentloaded")
        browsing.wait_for_rows(page, 25)
        assert canary.wait_for({LAST_SCRIPT[0]}, 30) == set()
        assert portal.hostile_tried == set(WAYS)
        assert len(canary.arrived & set(WAYS)) >= 39


@pytest.mark.browser
def test_without_the_switch_nothing_leaves(page: Page) -> None:
    with Canary() as canary, PracticePortal(canary_origin=canary.origin) as portal:
        browsing.sign_in(page, portal)
        browsing.open_list(page, portal)
        browsing.wait_for_rows(page, 25)
        assert (canary.arrived, portal.hostile_tried) == (set(), set())


@pytest.mark.browser
def test_hostile_form_would_post_away(page: Page) -> None:
    with Canary() as canary, PracticePortal(mishaps=[Mishap.HOSTILE_SIGN_IN], canary_origin=canary.origin) as portal:
        browsing.sign_in(page, portal, password="not the real one")
        page.wait_for_url(f"{canary.origin}/login")
        assert (portal.sign_ins, canary.arrived) == ([], {"?"})
