"""The practice portal's locations: kept, changed and spoilt one by one."""

from __future__ import annotations

import json
import time
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from fossatray.demo.equipment_book import EquipmentChange, LocationMishap
from fossatray.demo.mishaps import Mishap
from fossatray.demo.portal import PracticePortal
from tests.unit.demo.client import Client


@pytest.fixture
def client(portal: PracticePortal) -> Client:
    visitor = Client(portal)
    visitor.sign_in()
    return visitor


def path_of(portal: PracticePortal, place: int = 0) -> str:
    return portal.location_url(portal.orders[place].location_id).removeprefix(portal.origin)


def retry_after(portal: PracticePortal, client: Client, path: str) -> str | None:
    """The header Retry-After of an answer 429."""
    connection = HTTPConnection(urlsplit(portal.origin).netloc, timeout=10)
    try:
        connection.request("GET", path, headers={"Cookie": "; ".join(f"{k}={v}" for k, v in client.jar.items())})
        response = connection.getresponse()
        response.read()
        assert response.status == 429
        return response.headers["Retry-After"]
    finally:
        connection.close()


def test_a_location_keeps_its_dispensers_whatever_becomes_of_its_orders(portal: PracticePortal) -> None:
    places = list(dict.fromkeys(order.location_id for order in portal.orders))
    before = [portal.dispensers(place) for place in places]
    for _ in range(10):
        portal.change_a_little()
    assert [portal.dispensers(place) for place in places] == before
    assert portal.dispensers(1) == ()


def test_changes(portal: PracticePortal) -> None:
    place = portal.orders[0].location_id
    before = portal.dispensers(place)
    added = portal.change_equipment(place, EquipmentChange.ADDED)
    assert added.before is None
    assert portal.dispensers(place) == (*before, added.after)
    assert added.after is not None
    assert added.after.numbers == f"{2 * len(before) + 1}/{2 * len(before) + 2}"
    removed = portal.change_equipment(place, EquipmentChange.REMOVED)
    assert (removed.before, removed.after) == (added.after, None)
    edited = portal.change_equipment(place, EquipmentChange.EDITED)
    assert edited.before == before[0]
    assert portal.dispensers(place) == (edited.after, *before[1:])
    assert edited.after is not None
    differences = {name for name, value in edited.after.as_record().items() if before[0].as_record()[name] != value}
    assert differences == {"meter_type", "serial"}
    with pytest.raises(ValueError, match="no dispenser"):
        portal.change_equipment(1, EquipmentChange.ADDED)


def test_a_spoilt_location_leaves_the_others_alone(portal: PracticePortal, client: Client) -> None:
    spoilt, other = path_of(portal), path_of(portal, 1)
    answers = {
        LocationMishap.GONE: (200, "Could not find this location. It may have been deleted."),
        LocationMishap.DENIED: (403, "Forbidden"),
        LocationMishap.DENIED_IN_WORDS: (200, "Access denied."),
        LocationMishap.BUSY: (429, "Too Many Requests"),
        LocationMishap.CLOSED: (503, "Service Unavailable"),
        LocationMishap.SERVER_ERROR: (500, "Internal Server Error"),
    }
    for mishap, (status, text) in answers.items():
        portal.spoil(portal.orders[0].location_id, mishap)
        answer = client.get(spoilt)
        assert (answer.status, text in answer.text, "equipment-tab" in answer.text) == (status, True, False)
        assert "equipment-tab" in client.get(other).text
    portal.spoil(portal.orders[0].location_id, None)
    assert "equipment-tab" in client.get(spoilt).text


def test_too_many_requests_tell_how_long_to_wait(portal: PracticePortal, client: Client) -> None:
    portal.mishaps.add(Mishap.LOCATION_RATE_LIMITED_ONCE)
    assert retry_after(portal, client, path_of(portal)) == "1"
    page = client.get(path_of(portal))
    assert page.status == 200
    portal.mishaps.replace([Mishap.LOCATION_DATA_RATE_LIMITED_ONCE])
    config = json.loads(page.text.partition("const CONFIG = ")[2].partition(";\n")[0])
    data = f"{config['path']}?{config['parameters']['page']}={config['location']}"
    until = parsedate_to_datetime(retry_after(portal, client, data) or "")
    assert 0 < until.timestamp() - time.time() <= 2
    assert client.get(data).status == 200
    portal.mishaps.replace([Mishap.LOCATION_RATE_LIMITED])
    assert [retry_after(portal, client, path_of(portal)) for _ in range(2)] == ["3600", "3600"]
