"""The log: redacted as written, safe in trouble, Qt's messages in it."""

from __future__ import annotations

import base64
import logging
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from PySide6.QtCore import qWarning

from fossatray.core.secret import Secret
from fossatray.system.logs import (
    RedactingFormatter,
    Redactor,
    SafeFileHandler,
    detail_log,
    install_qt_messages,
    open_log,
)
from fossatray.system.paths import Paths, app_paths, prepare

CANARY = "canary pä\"ss'&+/wörd"


@pytest.fixture
def paths(own_home: Path) -> Paths:
    found = app_paths(own_home / "d")
    prepare(found)
    return found


@pytest.fixture
def written(paths: Paths) -> Iterator[Callable[[], str]]:
    """Opens the log at debug level, knowing the canary; gives what returns its text."""
    redactor = Redactor()
    redactor.redact(Secret(CANARY))
    close = open_log(paths, redactor, level=logging.DEBUG)
    yield lambda: (paths.logs / "fossatray.log").read_text("utf-8")
    close()


def test_a_line_has_utc_time_level_area_and_message(written: Callable[[], str]) -> None:
    logging.getLogger("fossatray.engine").info("run %d started", 7)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z INFO     engine: run 7 started\n", written())


def test_details_are_written_while_they_are_switched_on_and_redacted_all_the_same(
    written: Callable[[], str],
) -> None:
    log = logging.getLogger("fossatray.engine")
    detail_log(False)
    log.debug("unseen")
    detail_log(True)
    log.debug("a detail, and %s", CANARY)
    detail_log(False)
    log.debug("unseen")
    assert re.findall(r"DEBUG .*", written()) == ["DEBUG    engine: a detail, and [hidden]"]


@pytest.mark.parametrize("area", ["asyncio", "apscheduler", "apscheduler.executors.default"])
def test_what_the_loop_and_the_scheduler_complain_of_is_written_and_redacted(
    written: Callable[[], str], area: str
) -> None:
    log = logging.getLogger(area)
    log.info("an ordinary matter")
    log.error("Task exception was never retrieved: %s", CANARY)
    assert re.findall(r"(?:ERROR|INFO) .*", written()) == [
        f"ERROR    {area}: Task exception was never retrieved: [hidden]"
    ]


def test_a_closed_log_leaves_the_other_loggers_as_they_were(paths: Paths) -> None:
    others = [logging.getLogger(area) for area in ("asyncio", "apscheduler")]
    before = [(one.level, list(one.handlers)) for one in others]
    open_log(paths, Redactor())()
    assert [(one.level, list(one.handlers)) for one in others] == before


def test_a_registered_secret_is_found_in_every_form(written: Callable[[], str]) -> None:
    log = logging.getLogger("fossatray.portal")
    forms = [
        CANARY,
        quote(CANARY, safe=""),
        base64.b64encode(CANARY.encode()).decode(),
        CANARY.encode().hex(),
        repr(CANARY),
    ]
    for form in forms:
        log.debug("value %s end", form)
    log.debug("as %r", {"password": CANARY})
    try:
        raise ValueError(CANARY)
    except ValueError:
        log.exception("failed with %s", CANARY)
    text = written()
    for form in forms:
        assert form not in text
    assert "Traceback" in text
    assert text.count("[hidden]") >= 7


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("mail to jo.doe+x@mail.example.com now", "mail to [address] now"),
        ("password=hunter2", "password=[hidden]"),
        ("Password: 'hun ter2', user=jo", "Password: [hidden], user=jo"),
        ('{"_token": "hunter2", "a": 1}', '{"_token": [hidden], "a": 1}'),
        ("Authorization: Bearer hunter2hunter2", "Authorization: [hidden] [hidden]"),
        ("Cookie: laravel_session=hunter2; XSRF-TOKEN=hunter2", "Cookie: [hidden]"),
        ("GET https://p.example/a?q=hunter2#hunter2 200", "GET https://p.example/a?… 200"),
        ("proxy http://jo:hunter2@proxy.example:1", "proxy http://[hidden]@proxy.example:1"),
        ("nothing to hide at https://p.example/app/work", "nothing to hide at https://p.example/app/work"),
    ],
)
def test_what_looks_like_a_secret_is_hidden(said: str, kept: str) -> None:
    clean = Redactor().clean(said)
    assert "hunter2" not in clean
    assert clean == kept


def test_the_home_folder_is_hidden(own_home: Path) -> None:
    assert Redactor(own_home).clean(f"opened {own_home}/d/x") == "opened ~/d/x"


def test_a_long_message_is_cut_and_takes_no_time() -> None:
    clean = Redactor().clean("a@" * 200_000 + "password=" * 1000)
    assert clean.endswith("… [cut]")
    assert len(clean) < 20_000


@pytest.mark.parametrize("piece", ["password-", "a-", "a@", "a.", "http://", 'token="', "cookie ", "basic  ", "x"])
def test_no_text_holds_the_log_up(piece: str) -> None:
    began = time.process_time()
    Redactor().clean((piece * 8000)[:8000])
    assert time.process_time() - began < 0.5


def test_nobody_forges_a_line_or_hides_a_character(written: Callable[[], str]) -> None:
    logging.getLogger("fossatray.portal").warning("%s", "x\n2026-01-01T00:00:00Z INFO engine: all well\x1b[2J\u202e")
    text = written()
    assert text.count("\n") == 1
    assert "\\u000a2026" in text
    assert "\\u001b[2J\\u202e" in text


def test_a_message_that_cannot_be_made_is_counted_not_raised(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    handler = SafeFileHandler(paths.logs / "x.log")
    handler.setFormatter(RedactingFormatter(Redactor()))
    handler.handle(logging.LogRecord("fossatray.x", logging.INFO, "", 1, "%d", ("not a number",), None))
    handler.close()
    assert handler.failures == 1
    assert capsys.readouterr().err == ""


def test_a_log_folder_that_is_gone_is_no_error(own_home: Path) -> None:
    close = open_log(app_paths(own_home / "never-made"), Redactor())
    logging.getLogger("fossatray.engine").error("unheard")
    close()


def test_files_rotate(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fossatray.system.logs._FILE_BYTES", 2000)
    close = open_log(paths, Redactor())
    for number in range(200):
        logging.getLogger("fossatray.engine").info("line %d %s", number, "x" * 100)
    close()
    names = sorted(path.name for path in paths.logs.iterdir())
    assert names == ["fossatray.log", *(f"fossatray.log.{n}" for n in range(1, 6))]
    assert all(path.stat().st_mode & 0o077 == 0 for path in paths.logs.iterdir())


@pytest.mark.qt_no_exception_capture
def test_qt_messages_arrive_and_the_former_handler_comes_back(written: Callable[[], str]) -> None:
    restore = install_qt_messages()
    qWarning("from the depths of Qt, password=hunter2")
    restore()
    assert "WARNING  qt: default: from the depths of Qt, password=[hidden]" in written()
