"""Each mishap of docs/mishaps.md that fails a sync says what the table says, and all that was read before stays."""

from __future__ import annotations

import random
import shutil
import socket
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from fossatray.core.runs import HistoryEntry, Outcome
from fossatray.demo.changes import Change
from fossatray.demo.mishaps import Mishap
from fossatray.demo.portal import PracticePortal
from fossatray.store.reader import Reader
from fossatray.system.credentials_client import CredentialStore
from tests.end_to_end.test_scrape_mishaps import NEVER_JUDGED
from tests.harness.mishap_rows import MASKED_PAGE, PATIENCE_S, ROWS, Row
from tests.unit.engine.real_world import RealWorld
from tests.unit.engine.world import run

pytestmark = pytest.mark.browser

SITES = "Sites and their dispensers"
"""Where the errors are those of a site: see test_scrape_dispensers.py and test_sync_dispensers.py."""
FAILING = [row for row in ROWS if row.name and row.kind != "none" and row.section != SITES]
KEPT = ("work_order", "change", "location", "dispenser")
"""The tables of what was read from the portal, and of what has changed in it."""
MANY = {Mishap.LIST_ERROR_ON_PAGE_2, Mishap.LIST_LOST_ON_PAGE_2, Mishap.SHIFTING, Mishap.REPLACED_ON_PAGE_2}
"""They need a list of some pages."""
WAITED_OUT = {Mishap.HANGING, Mishap.HANGING_PAGE, Mishap.ENDLESS_PAGE, Mishap.ENDLESS_SCRIPT}
"""They last as long as a page may."""
LARGE = {Mishap.GZIP_BOMB, Mishap.MEMORY_EATER}
MB = 1024 * 1024
SAID = {
    Mishap.HOSTILE_SIGN_IN: "The sign-in form would send the password to another address.",
    Mishap.HTTP_SIGN_IN: "The portal asks for a password in a window of the browser's own (status 401).",
    Mishap.CAPTIVE_PAGE: "The portal's sign-in form was not found.",
    Mishap.PAGE_RESET: "The connection ended in the middle of a page.",
    Mishap.REDIRECT_CIRCLE: "The browser could not load the portal's page (TOO_MANY_REDIRECTS).",
    Mishap.EMPTY_ANSWER: "The portal answered with nothing (status 204).",
    Mishap.LONG_HEADER: "The browser could not load the portal's page (RESPONSE_HEADERS_TOO_BIG).",
    Mishap.HANGING: "The portal did not finish loading the work list.",
    Mishap.SERVER_ERROR: "The portal answered with status 500.",
    Mishap.LIST_ERROR: "The portal answered with status 500.",
    Mishap.LIST_ERROR_ONCE: "The portal answered with status 500.",
    Mishap.LIST_ERROR_ON_PAGE_2: "The portal answered with status 500.",
    Mishap.LIST_WAIT: "The portal asks to wait 3600 seconds, longer than this sync may take.",
    Mishap.LIST_FORBIDDEN: "The portal answered with status 403.",
    Mishap.LIST_NOT_FOUND: "The portal answered with status 404.",
    Mishap.LIST_NOTHING: "The portal sent no data for the work list.",
    Mishap.LIST_HTML: "The portal sent no data for the work list.",
    Mishap.SHIFTING: "The work list was read 3 times: * work orders were listed twice.",
    Mishap.REPLACED_ON_PAGE_2: "The work list was read 3 times: page 2 changed while the others were read.",
    Mishap.CHANGED_LAYOUT: "The portal counts 12 matches, but no row was found.",
    Mishap.RENAMED_LAYOUT: "The portal counts 12 matches, but no row was found.",
    Mishap.MALFORMED_ROWS: "1 of 12 rows could not be read (row 7 of page 1: number).",
    Mishap.FOREIGN_DATES: "* of 12 rows could not be read (row * of page 1: date).",
    Mishap.FILTER_PRETENDED: "The list of open work orders shows one of which all visits are completed.",
    Mishap.FILTER_IGNORED: "The portal did not apply the filter for open work orders.",
    Mishap.LIST_IS_A_FILE: "The portal sent a file instead of a page.",
    Mishap.MEDDLING_SCRIPT: "The portal's page gave an answer that is not understood.",
    Mishap.GZIP_BOMB: "It used more than 900 MB, and was ended.",
    Mishap.MEMORY_EATER: "It used more than 900 MB, and was ended.",
}
"""What is said in more words than the error's title (* stands for what the day decides)."""


@dataclass
class Synced:
    """What good syncs left beside the data folder: their portal's port and password, and who knows the password."""

    port: int
    password: str
    credentials: CredentialStore


def a_port_of_our_own() -> int:
    """A free port that no system gives to a program that asks for any: it is bound again for each test."""
    for port in random.sample(range(20_000, 30_000), 100):
        with socket.socket() as sample:
            try:
                sample.bind(("127.0.0.1", port))
            except OSError:
                continue  # somebody has it
        return port
    raise AssertionError("no port is free")


class Syncs:
    """The good syncs before the mishaps: made once, as soon as a test wants them."""

    def __init__(self, folder: Path) -> None:
        self._data = folder / "data"
        self._synced: Synced | None = None

    def copied_to(self, home: Path, browser: Path) -> Synced:
        """Let a new home have what they left."""
        if self._synced is None:
            self._synced = self._sync(home, browser)
        else:
            shutil.copytree(self._data, home / "data")
        return self._synced

    def _sync(self, home: Path, browser: Path) -> Synced:
        with PracticePortal(orders=12, port=a_port_of_our_own()) as portal:
            real = RealWorld(home, portal, browser)

            async def story() -> None:
                async with real.life(impatient=True) as life:
                    await real.add_account(life)
                    assert (await life.sync()).counts.found == 12
                    portal.change(Change.EDITED)
                    assert (await life.sync()).counts.changed == 1  # so that there is a change that could get lost

            run(story())
            shutil.copytree(home / "data", self._data)
            return Synced(urlsplit(portal.origin).port or 0, portal.password, real.world.credentials)


@pytest.fixture(scope="module")
def syncs(tmp_path_factory: pytest.TempPathFactory) -> Syncs:
    return Syncs(tmp_path_factory.mktemp("synced"))


def everything_read(database: Path) -> dict[str, list[tuple[object, ...]]]:
    """All rows of the tables of what was read."""
    with closing(sqlite3.connect(database)) as opened:
        return {table: sorted(opened.execute(f"SELECT * FROM {table}"), key=repr) for table in KEPT}  # noqa: S608


def newest(database: Path) -> HistoryEntry:
    """The last run, as it is stored."""
    reader = Reader(database)
    try:
        return reader.history()[0]
    finally:
        reader.close()


@pytest.mark.parametrize("row", FAILING, ids=lambda row: row.name)
def test_a_failed_sync_says_what_the_table_says_and_changes_nothing(
    row: Row, syncs: Syncs, own_home: Path, browser_path: Path
) -> None:
    mishap = Mishap(row.name)
    synced = syncs.copied_to(own_home, browser_path)
    orders = 250 if mishap in MANY else 12
    with PracticePortal(orders=orders, port=synced.port, password=synced.password, mishaps=[mishap]) as portal:
        portal.most_memory = 1500 * MB
        real = RealWorld(own_home, portal, browser_path)
        real.world.credentials = synced.credentials
        limits: dict[str, Any] = {"page_s": 6.0 if mishap in WAITED_OUT else 20.0}
        if mishap in LARGE:
            limits |= {"memory_bytes": 900 * MB, "memory_look_s": 0.1, "page_s": 60.0}
        portal.change(Change.NEW, Change.RESCHEDULED, Change.EDITED, Change.REMOVED)
        before = everything_read(real.world.database())
        assert [len(before[table]) for table in KEPT] == [12, 1, 0, 0]

        async def story() -> None:
            async with real.life(impatient=True, evidence_s=PATIENCE_S, **limits) as life:
                real.impatient_profile(after_post=0.5 if mishap in NEVER_JUDGED else 3.0, form=2.0)
                failed = await life.sync()
                assert failed.outcome is Outcome.FAILED
                assert (failed.counts.new, failed.counts.changed, failed.counts.archived) == (0, 0, 0)

        run(story())
    assert everything_read(real.world.database()) == before
    kept = newest(real.world.database())
    assert kept.error is not None
    assert (kept.outcome, kept.error.kind) == ("failed", row.kind), kept.error.message
    assert (kept.error.title, kept.error.advice) == (row.words, row.advice)
    assert fnmatchcase(kept.error.message, SAID.get(mishap, row.words))
    assert (kept.evidence is not None) is (row.evidence == MASKED_PAGE)
    assert real.world.left() == []
