"""Signing in as Laravel does it: form token, redirects, cookies, refusals, lock-out, ends of sessions."""

import pytest

from fossatray.demo.mishaps import Mishap, MishapSwitches
from fossatray.demo.portal import PracticePortal
from fossatray.demo.sign_in_desk import LOCK_SECONDS, REFUSED_TEXT, SignInDesk
from tests.unit.demo.client import Client


def test_right_sign_in(portal: PracticePortal) -> None:
    client = Client(portal)
    answer = client.sign_in()
    assert (answer.status, answer.location) == (302, "/app/dashboard")
    for path in ("/app/dashboard", "/app/dashboard/"):
        page = client.get(path)
        assert page.status == 200
        assert portal.username in page.text
        assert '<a class="router-link-active" href="/app/work/list">' in page.text
    assert [attempt.accepted for attempt in portal.sign_ins] == [True]


def test_cookies(portal: PracticePortal) -> None:
    client = Client(portal)
    before = client.get("/login").cookies
    after = client.sign_in().cookies
    assert ["HttpOnly" in cookie for cookie in before] == [False, True]
    assert {cookie.split("=")[0] for cookie in after} == {"XSRF-TOKEN", "work_fossa_session"}
    assert before[1].split(";")[0] != after[1].split(";")[0], "a sign-in renews the session's id"


def test_refusal_shows_once(portal: PracticePortal) -> None:
    client = Client(portal)
    answer = client.sign_in(password="wrong")
    assert (answer.status, answer.location) == (302, "/login")
    page = client.get("/login")
    assert f'<div class="error-msg"><span>{REFUSED_TEXT}</span></div>' in page.text
    assert f'value="{portal.username}"' in page.text
    assert REFUSED_TEXT not in client.get("/login").text
    assert client.get("/app/dashboard").location == "/login"


@pytest.mark.parametrize(
    "path", ["/app/dashboard", "/app/work/list?order_direction=asc", "/app/customers/locations/1/"]
)
def test_without_a_session(portal: PracticePortal, path: str) -> None:
    client = Client(portal)
    answer = client.get(path)
    assert (answer.status, answer.location) == (302, "/login")
    assert client.sign_in().location == path, "Laravel goes where one wanted to go"


def test_wrong_token(portal: PracticePortal) -> None:
    client = Client(portal)
    answer = client.sign_in(token="made-up")
    assert answer.status == 419
    assert "Page Expired" in answer.text
    assert [attempt.accepted for attempt in portal.sign_ins] == [False]


def test_expired_token_happens_once(portal: PracticePortal) -> None:
    portal.mishaps.add(Mishap.EXPIRED_TOKEN)
    client = Client(portal)
    assert client.sign_in().status == 419
    assert client.sign_in().location == "/app/dashboard"


def test_right_password_refused(portal: PracticePortal) -> None:
    portal.mishaps.add(Mishap.WRONG_PASSWORD)
    client = Client(portal)
    assert client.sign_in().location == "/login"
    assert REFUSED_TEXT in client.get("/login").text
    portal.mishaps.clear()
    assert client.sign_in().location == "/app/dashboard"


def test_lock_out_switch(portal: PracticePortal) -> None:
    portal.mishaps.add(Mishap.LOCK_OUT)
    client = Client(portal)
    assert client.sign_in().location == "/login"
    assert "Too many login attempts. Please try again in 60 seconds." in client.get("/login").text


def test_lock_out_after_five() -> None:
    now = 0.0
    desk = SignInDesk(username="a", password="b", mishaps=MishapSwitches(), clock=lambda: now)
    assert [desk.decide("a", "x") for _ in range(5)] == [REFUSED_TEXT] * 5
    assert desk.decide("a", "b").startswith("Too many login attempts")
    now = LOCK_SECONDS + 1.0
    assert desk.decide("a", "b") == ""


@pytest.mark.parametrize(("mishap", "second"), [(Mishap.UNCLEAR_SIGN_IN, False), (Mishap.UNCLEAR_SIGN_IN_ONCE, True)])
def test_unclear(portal: PracticePortal, mishap: Mishap, second: bool) -> None:
    portal.mishaps.add(mishap)
    client = Client(portal)
    answer = client.sign_in()
    assert answer.status == 200
    assert "form" not in answer.text
    assert 'id="app"' not in answer.text
    assert (client.sign_in().status == 302) is second


def test_hostile_form() -> None:
    with PracticePortal(canary_origin="http://127.0.0.1:7", mishaps=[Mishap.HOSTILE_SIGN_IN]) as portal:
        assert '<form action="http://127.0.0.1:7/login"' in Client(portal).get("/").text


def test_logout_and_expiry(portal: PracticePortal) -> None:
    client = Client(portal)
    client.sign_in()
    form = {"_token": client.jar["XSRF-TOKEN"]}
    assert client.request("POST", "/logout", form).status == 302
    assert client.get("/app/dashboard").location == "/login"
    client.sign_in()
    portal.expire_sessions()
    assert client.get("/app/dashboard").location == "/login"


def test_signed_in_visitors_skip_the_form(portal: PracticePortal) -> None:
    client = Client(portal)
    client.sign_in()
    assert client.get("/login").location == "/app/dashboard"


def test_hanging_requests_end_with_the_portal() -> None:
    portal = PracticePortal(mishaps=[Mishap.HANGING_SIGN_IN])
    portal.start()
    client = Client(portal)
    token = client.token()
    with pytest.raises(TimeoutError):
        client.request("POST", "/login", {"_token": token, "email": "a", "password": "b"}, timeout=0.2)
    portal.stop()
    portal.stop()
    with pytest.raises(RuntimeError):
        portal.start()
    with pytest.raises(ConnectionError):
        client.get("/login")
