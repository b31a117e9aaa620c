"""What crosses a border is checked: the wire, links, texts, secrets, errors, accounts."""

from __future__ import annotations

import copy
import json
import pickle
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fossatray.core import messages, wire
from fossatray.core.accounts import checked_account, new_account_id
from fossatray.core.dispensers import Dispenser, LocationWanted
from fossatray.core.errors import (
    FossaError,
    InvalidInput,
    LocationGone,
    PortalTimeout,
    ScrapeProcessDied,
    SignInRefused,
    error_from_info,
    error_kinds,
)
from fossatray.core.orders import Address, Service, Visit, WorkOrder
from fossatray.core.runs import Phase
from fossatray.core.secret import Secret
from fossatray.core.sessions import SEALED_LIMIT, SessionDropped, SessionSealed
from fossatray.core.text import notice_body, one_line, storable, visible
from fossatray.core.urls import normal_origin, origin_of, own_link
from fossatray.core.wire_checks import NAME_LENGTH, NAMES_LIMIT, as_names

FULL = WorkOrder(
    "129651",
    customer="7-Eleven Stores, Inc",
    address=Address("7077 State Road 99", ("Suite 2",), "Mock City", "ST", "00003", "Example County"),
    services=(Service("Meter Calibration", "All Dispensers", "2861", 8),),
    visit=Visit("200103", "https://p/app/work/1/visits/2/", date(2026, 11, 23), "anytime", None),
    visits_done=0,
    visits_total=1,
    created_at=datetime(2026, 1, 22, 4, 54),
    categories=("Meter Calibration",),
    contact=("Pat Contact",),
    billing=(),
    completed_on=date(2026, 11, 20),
)
MESSAGES: list[messages.Message] = [
    messages.BrowserChosen("/usr/bin/x", "X", True, (("/opt/y", "does not start"),)),
    messages.PageProgress(Phase.SCRAPING, 100, 1, 3, 0.3),
    messages.PageProgress(Phase.SCRAPING, 300, 2, 3, 0.9, checking=True),
    messages.SigningIn(),
    messages.SignedIn("accepted"),
    messages.OrderRead(FULL),
    messages.LocationRead("https://p/l/1/", (Dispenser("1/2", ("Regular",), other=(("A", "1"),)), Dispenser()), 2),
    messages.LocationRead("https://p/l/1/", (), groups=("Pump", "")),
    messages.LocationFailed("https://p/l/1/", LocationGone().info()),
    messages.CompletedRead(("129651", "7"), whole=True, days=(("7", date(2026, 11, 20)),)),
    messages.Finished(1, "matches", 1, 0, None, (("scraping", 1.5),), ("Why:",)),
    wire.failure(PortalTimeout("The list took too long.")),
    messages.LogLine("INFO", "hello"),
    SessionSealed("AZ+/09=="),
    SessionDropped("the portal ended it"),
]

NO_NAMES: list[Any] = [None, "Pump", ["Pump", 7], ["x"] * (NAMES_LIMIT + 1), ["x" * (NAME_LENGTH + 1)]]


def test_names_are_cut_to_what_the_wire_takes() -> None:
    many = as_names([*("x" * (NAME_LENGTH + 1), "y", "y"), *map(str, range(2 * NAMES_LIMIT))])
    assert (many[:3], len(many)) == (("x" * NAME_LENGTH, "y", "0"), NAMES_LIMIT)
    message = messages.LocationRead("https://p/l/1/", (), groups=many)
    assert wire.decode_message(wire.encode_message(message)) == message


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_messages_survive_the_wire(message: messages.Message) -> None:
    assert wire.decode_message(wire.encode_message(message)) == message


@pytest.mark.parametrize(
    "wrong",
    [
        {"t": "session_sealed", "text": ""},
        {"t": "session_sealed", "text": "not base64!"},
        {"t": "session_sealed", "text": "A" * (SEALED_LIMIT + 1)},
        {"t": "session_sealed", "text": None},
        {"t": "session_dropped", "why": "a long line" * 10},
        {"t": "session_dropped", "why": "canary=1"},
        {"t": "session_dropped"},
        *({"t": "location", "location_url": "x", "dispensers": [], "replaced": 0, "groups": told} for told in NO_NAMES),
    ],
)
def test_what_is_said_of_a_session_is_checked(wrong: dict[str, Any]) -> None:
    with pytest.raises(ScrapeProcessDied):
        wire.decode_message(json.dumps(wrong).encode())


def test_a_sealed_session_is_not_shown() -> None:
    request = replace(messages.ScrapeRequest("work_orders", "a", "https://p", "u", "/tmp/x"), session="QUJD")
    assert "QUJD" not in repr(SessionSealed("QUJD")) + repr(request)
    assert wire.decode_request(wire.encode_request(request)) == request


@given(
    st.binary(max_size=200)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda leaf: (
            st.lists(leaf, max_size=3)
            | st.dictionaries(st.sampled_from(["t", "order", "phase", "count", "error"]), leaf)
        ),
        max_leaves=8,
    ).map(lambda data: json.dumps(data).encode())
)
def test_nonsense_on_the_wire_is_one_clear_error(line: bytes) -> None:
    with pytest.raises(ScrapeProcessDied):
        wire.decode_message(line)


def test_an_order_with_an_unknown_or_missing_key_is_refused() -> None:
    line = json.loads(wire.encode_message(messages.OrderRead(FULL)))
    line["order"]["surprise"] = 1
    with pytest.raises(ScrapeProcessDied):
        wire.decode_message(json.dumps(line).encode())


def test_a_site_with_too_many_or_foreign_dispensers_is_refused() -> None:
    line = json.loads(wire.encode_message(messages.LocationRead("https://p/l/1/", (Dispenser("1/2"),))))
    for dispensers in (line["dispensers"] * (messages.DISPENSER_LIMIT + 1), [{"numbers": "1/2"}], None, [3]):
        with pytest.raises(ScrapeProcessDied):
            wire.decode_message(json.dumps(line | {"dispensers": dispensers}).encode())


@pytest.mark.parametrize("numbers", [None, "7", ["7", "7"], ["W-7"], [""], [7], ["٧"], ["7"] * 3])
def test_completed_orders_are_numbers_and_each_once(numbers: object) -> None:
    line = json.loads(wire.encode_message(messages.CompletedRead(("7",), whole=True)))
    with pytest.raises(ScrapeProcessDied):
        wire.decode_message(json.dumps(line | {"numbers": numbers}).encode())


def test_a_failed_site_brings_our_own_words() -> None:
    line = wire.encode_message(messages.LocationFailed("https://p/l/1/", LocationGone().info()))
    message = wire.decode_message(line.replace(b"no longer in the portal", b"lovely"))
    assert isinstance(message, messages.LocationFailed)
    assert message.error.title == LocationGone.title


def test_a_line_too_long_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(ScrapeProcessDied):
        wire.decode_message(b'"' + b"x" * wire.LINE_LIMIT + b'"')


@pytest.mark.parametrize("char", ["漢", "\U0001f600", "\x01", '"', "\ufffd"])
def test_a_megabyte_of_any_character_fits_into_a_line(char: str) -> None:
    message = messages.OrderRead(WorkOrder("1", instructions=char * 1024**2))
    line = wire.encode_message(message)
    assert len(line) <= wire.LINE_LIMIT
    assert line.count(b"\n") == 1
    assert wire.decode_message(line) == message


def test_a_path_that_is_not_unicode_survives_the_wire() -> None:
    request = messages.ScrapeRequest("work_orders", "a", "https://p", "u", "/tmp/caf\udce9")
    assert wire.decode_request(wire.encode_request(request)) == request


def test_a_failed_message_brings_our_own_title_and_retryability() -> None:
    line = wire.encode_message(wire.failure(SignInRefused("No.")))
    forged = line.replace(b'"retryable":false', b'"retryable":true').replace(b"refused the sign-in", b"is lovely")
    message = wire.decode_message(forged)
    assert isinstance(message, messages.Failed)
    assert message.error.title == SignInRefused.title
    assert message.error.retryable is False


def test_the_request_survives_and_carries_no_password() -> None:
    wanted = (LocationWanted("https://p/l/1/", "#1", None), LocationWanted("https://p/l/2/"))
    request = messages.ScrapeRequest("work_orders", "a", "https://p", "me@example.com", "folder", locations=wanted)
    request = replace(request, known=("129651", "7"))
    assert wire.decode_request(wire.encode_request(request)) == request
    assert b'password":' not in wire.encode_request(request)


def test_the_answer_carries_the_password_and_hides_it_from_repr() -> None:
    answer = wire.decode_answer(wire.encode_answer(messages.SignInAnswer(True, Secret("Tr0ub4dor"))))
    assert answer.password == Secret("Tr0ub4dor")
    assert "Tr0ub4dor" not in repr(answer)


def test_a_broken_answer_does_not_show_its_text() -> None:
    with pytest.raises(ValueError, match="not JSON") as caught:
        wire.decode_answer(b'{"password": "Tr0ub4dor", ')
    shown = "".join(str(part) for part in (caught.value, caught.value.__context__, caught.value.__cause__))
    assert "Tr0ub4dor" not in shown


def test_a_secret_shows_itself_to_nobody() -> None:
    secret = Secret("Tr0ub4dor")
    assert "Tr0ub4dor" not in f"{secret!r} {secret} {secret:>20}" + str([secret]) + str({"a": secret})
    for attempt in (
        lambda: json.dumps(secret),
        lambda: pickle.dumps(secret),
        lambda: copy.copy(secret),
        lambda: hash(secret),
    ):
        with pytest.raises(TypeError):
            attempt()
    assert secret.reveal() == "Tr0ub4dor"


@pytest.mark.parametrize(
    ("typed", "origin"),
    [
        ("app.workfossa.com", "https://app.workfossa.com"),
        (" https://App.WorkFossa.com/app/work/list?x=1 ", "https://app.workfossa.com"),
        ("https://app.workfossa.com:443", "https://app.workfossa.com"),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
        ("http://[::1]:99", "http://[::1]:99"),
    ],
)
def test_portal_addresses(typed: str, origin: str) -> None:
    assert normal_origin(typed) == origin


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "http://app.workfossa.com",
        "http://localhost:80",
        "ftp://x",
        "https://u:p@x",
        "https://",
        "https://x:99999",
        "https://a b",
    ],
)
def test_unsafe_portal_addresses_are_refused(typed: str) -> None:
    with pytest.raises(InvalidInput):
        normal_origin(typed)


@pytest.mark.parametrize(
    "href",
    [
        None,
        "",
        "  ",
        "#",
        " #top",
        "?page=2",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "//evil.example/x",
        "https://evil.example/",
        "https://p.example.evil.example/",
        "https://p.example@evil.example/",
        "http://p.example/",
        "https://p.example:444/",
        "data:text/html,x",
        "\\\\evil.example\\x",
        "/\\evil.example",
        "java\nscript:x",
    ],
)
def test_links_to_elsewhere_are_not_kept(href: str | None) -> None:
    assert own_link("https://p.example", href) is None


def test_own_links_become_absolute() -> None:
    assert own_link("https://p.example", "/app/work/1/") == "https://p.example/app/work/1/"
    assert origin_of("https://p.example:443/x") == "https://p.example"


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_storable_text_reaches_sqlite_and_counts_what_it_replaced(text: str) -> None:
    kept, count = storable(text)
    kept.encode("utf-8")
    assert "\0" not in kept
    assert len(kept) == len(text)
    assert count == sum(a != b for a, b in zip(kept, text, strict=True))


def test_text_made_harmless() -> None:
    assert visible("a\x1b[31m\u202eb") == "a\\u001b[31m\\u202eb"
    assert notice_body("<b>x</b> & y") == "&lt;b&gt;x&lt;/b&gt; &amp; y"
    assert one_line("a\n  b " * 50, 20) == "a b a b a b a b a b…"


def test_errors_come_back_as_their_own_kind() -> None:
    for kind, known in error_kinds().items():
        if issubclass(known, FossaError):
            info = known("Message.", advice="Advice.").info()
            back = error_from_info(info)
            assert (back.kind, back.message, back.what_to_do) == (kind, "Message.", "Advice.")
    assert len(error_kinds()) > 30


def test_every_error_of_the_family_has_words_for_a_person() -> None:
    for known in error_kinds().values():
        assert known.title.endswith((".", "?")) is False
        assert known.advice.endswith(".")


@pytest.mark.parametrize(("name", "user"), [("", "me"), ("Work", ""), ("x" * 61, "me"), ("a\nb", "me")])
def test_unusable_accounts_are_refused(name: str, user: str) -> None:
    with pytest.raises(InvalidInput):
        checked_account(new_account_id(), name, "https://p.example", user)


def test_orders_survive_their_json_form() -> None:
    assert WorkOrder.from_json(json.loads(json.dumps(FULL.to_json()))) == FULL
    assert FULL.to_json()["created_at"] == "2026-01-22T04:54"


def test_an_order_with_a_zone_in_the_portals_time_is_refused() -> None:
    data = FULL.to_json() | {"created_at": datetime(2026, 1, 1, tzinfo=UTC).isoformat()}
    with pytest.raises(ValueError, match="zone"):
        WorkOrder.from_json(data)
