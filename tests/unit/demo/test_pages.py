"""Answers beyond the sign-in: error pages, simple pages, and the mishaps that need no browser to be seen."""

import time
from http.client import RemoteDisconnected
from urllib.parse import urlsplit

import pytest

from fossatray.demo.mishaps import Mishap
from fossatray.demo.pages import GONE_TEXT
from fossatray.demo.portal import PracticePortal
from tests.unit.demo.client import Client


@pytest.fixture
def client(portal: PracticePortal) -> Client:
    made = Client(portal)
    made.sign_in()
    return made


def test_order_visit_and_location_pages(portal: PracticePortal, client: Client) -> None:
    order = next(order for order in portal.orders if order.visit is not None)
    assert order.visit is not None
    assert f"W-{order.number}" in client.get(f"/app/work/{order.id}/").text
    assert 'dusk="suggested_forms"' in client.get(f"/app/work/{order.id}/visits/{order.visit.id}/").text
    assert client.get(f"/app/work/{order.id}/visits/1/").status == 404
    assert 'dusk="equipment-tab"' in client.get(f"/app/customers/locations/{order.location_id}/").text


def test_location_that_is_gone(portal: PracticePortal, client: Client) -> None:
    assert GONE_TEXT in client.get("/app/customers/locations/1/").text
    path = f"/app/customers/locations/{portal.orders[0].location_id}/"
    assert GONE_TEXT not in client.get(path).text
    portal.mishaps.add(Mishap.DELETED_LOCATION)
    page = client.get(path)
    assert (page.status, GONE_TEXT in page.text) == (200, True)


def test_maintenance(portal: PracticePortal, client: Client) -> None:
    portal.mishaps = {Mishap.MAINTENANCE}
    for path in ("/", "/login", "/app/work/list"):
        page = client.get(path)
        assert (page.status, "Service Unavailable" in page.text) == (503, True)


def test_server_errors(portal: PracticePortal, client: Client) -> None:
    portal.mishaps.add(Mishap.SERVER_ERROR)
    assert [client.get("/app/work/list").status for _ in range(2)] == [500, 500]
    assert client.get("/login").status == 302
    portal.mishaps.replace([Mishap.SERVER_ERROR_ONCE])
    assert [client.get("/app/work/list").status for _ in range(2)] == [500, 200]


def test_dropped_and_limited(portal: PracticePortal, client: Client) -> None:
    portal.mishaps.add(Mishap.CONNECTION_DROPPED)
    with pytest.raises(RemoteDisconnected):
        client.get("/app/work/list")
    portal.mishaps.replace([Mishap.RATE_LIMITED])
    assert client.get("/app/work/list").status == 429


def test_slow(portal: PracticePortal, client: Client) -> None:
    portal.slow_seconds = 0.2
    portal.mishaps.add(Mishap.SLOW)
    before = time.monotonic()
    assert client.get("/app/dashboard").status == 200
    assert time.monotonic() - before >= 0.2


def test_pages_come_late_by_their_own_latency(portal: PracticePortal, client: Client) -> None:
    portal.page_latency = 0.2
    before = time.monotonic()
    assert client.get("/app/dashboard").status == 200
    assert time.monotonic() - before >= 0.2
    assert portal.most_at_once == 0


def test_hanging_page(portal: PracticePortal, client: Client) -> None:
    portal.mishaps.add(Mishap.HANGING_PAGE)
    with pytest.raises(TimeoutError):
        client.request("GET", "/app/work/list", timeout=0.2)


@pytest.mark.parametrize("path", ["/nothing", "/app/nothing", "/hostile/redirect/nothing"])
def test_unknown_addresses(client: Client, path: str) -> None:
    assert client.get(path).status == 404


def test_requests_are_noted(portal: PracticePortal, client: Client) -> None:
    client.get("/app/work/list?order_direction=asc")
    assert portal.requests == ["/login", "/login", "/app/work/list?order_direction=asc"]


def test_paths_and_names_differ_from_start_to_start(portal: PracticePortal, client: Client) -> None:
    def path_of(text: str) -> str:
        return text.partition('"path": "')[2].partition('"')[0]

    own = path_of(client.get("/app/work/list").text)
    with PracticePortal(orders=1) as other:
        visitor = Client(other)
        visitor.sign_in()
        theirs = path_of(visitor.get("/app/work/list").text)
    assert own.startswith("/")
    assert own != theirs


def test_addresses_are_the_portals_own(portal: PracticePortal, client: Client) -> None:
    page = client.get("/app/work/list").text + Client(portal).get("/login").text
    assert "workfossa.com" not in page
    assert f"{portal.origin}/build/assets/" in page
    assert urlsplit(portal.origin).hostname == "127.0.0.1"


def test_port_can_be_chosen(portal: PracticePortal) -> None:
    with pytest.raises(OSError, match="in use"):
        PracticePortal(port=urlsplit(portal.origin).port or 0)
    with PracticePortal(password="given", orders=2) as other:
        assert (other.password, len(other.orders)) == ("given", 2)
        assert portal.password != other.password


def test_switches() -> None:
    with PracticePortal(orders=1, mishaps=[Mishap.SLOW]) as portal:
        assert set(portal.mishaps) == {Mishap.SLOW}
        portal.mishaps.add(Mishap.EXPIRED_TOKEN)
        assert [portal.mishaps.take_once(Mishap.EXPIRED_TOKEN) for _ in range(2)] == [True, False]
        portal.mishaps.add(Mishap.EXPIRED_TOKEN)
        assert portal.mishaps.take_once(Mishap.EXPIRED_TOKEN)
        portal.mishaps.discard(Mishap.SLOW)
        assert list(portal.mishaps) == [Mishap.EXPIRED_TOKEN]
