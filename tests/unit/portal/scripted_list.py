"""The work list's reader on a page that answers from a script."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, replace
from typing import Any, cast

from fossatray.core.messages import ScrapeRequest
from fossatray.portal.link import EngineLink
from fossatray.portal.list_state import ListState
from fossatray.portal.portal_page import PortalPage
from fossatray.portal.profile import Profile, load_profile
from fossatray.portal.work_list import WorkList, WorkListReader

Step = dict[str, Any] | None

READY = ListState(
    form=False,
    header=True,
    busy=False,
    rows=0,
    ids="",
    total=None,
    page=None,
    last_page=None,
    next=False,
    previous=True,
    size="Show 100",
    view="list",
    badge=True,
    below="",
    path="/app/work/list",
)


def prompt_profile() -> Profile:
    """The profile, without the wait for what a page draws late: a script draws all at once."""
    profile = load_profile()
    return replace(profile, waits=replace(profile.waits, late=0.0))


class ScriptedPage:
    """Stands for PortalPage: each `watch` gives the next state, `ask` the rows of the state given last.

    Unless `cached`, the portal was asked for every state. Each takes so many seconds of the page's time.
    """

    page_limit = 60.0

    def __init__(
        self,
        steps: list[Step],
        worst: int | None = None,
        *,
        session_ended: bool = False,
        data_lost: bool = False,
        no_data: bool = False,
        cached: bool = False,
        labels: Sequence[str] = (),
        seconds: float = 0.0,
    ) -> None:
        self._steps = list(steps)
        self._labels = labels
        self._now: Step = None
        self.worst = worst
        self.session_ended = session_ended
        self.data_lost = data_lost
        self.no_data = no_data
        self.led_elsewhere, self.asks_password, self.document_lost = False, False, asyncio.Event()
        self.retry_after: float | None = None
        self.asked = 0
        self.tidied = 0
        self._cached = cached
        self._seconds = seconds
        self.time_left = self.page_limit
        self.opened: list[str] = []
        self.expected: list[Any] = []
        self.actions: list[str | None] = []

    async def open(self, path: str) -> None:
        self.opened.append(path)
        self.turn()

    def turn(self) -> None:
        self.time_left = self.page_limit

    async def watch(self, name: str, argument: dict[str, Any], limit: float, *, follow: bool = True) -> Any:
        assert name == "settle"
        assert limit == self.time_left
        self.time_left -= self._seconds
        if self.time_left < 0:
            return None
        self.actions.append(argument["action"])
        self.expected.append(argument["expected"])
        self.asked += not self._cached
        self._now = self._steps.pop(0)
        return self._now

    async def tidy(self) -> None:
        self.tidied += 1

    async def ask(self, name: str, argument: dict[str, Any]) -> Any:
        assert name == "rows"
        assert self._now is not None
        ids = str(self._now["ids"])
        labelled = {"labelled": [[label, "x"] for label in self._labels]}
        return {"ids": ids, "rows": [row(line.rpartition("-")[2]) | labelled for line in ids.splitlines()]}

    raise_for_status = PortalPage.raise_for_status
    raise_for_answer = PortalPage.raise_for_answer
    raise_for_no_data = PortalPage.raise_for_no_data


def row(number: str) -> dict[str, Any]:
    return {
        "classes": f"work-list-item w-{number}",
        "number": f"W-{number}",
        "href": f"/app/work/{number}/",
        "categories": [],
        "status": None,
        "labelled": [],
        "creator": None,
        "site": [],
        "address": [],
        "services": [],
        "contact": [],
        "billing": [],
        "counter": None,
        "completed": None,
        "visit": None,
        "instructions": None,
        "further": [],
    }


def state(*numbers: int, **changes: Any) -> dict[str, Any]:
    """What the page tells with these orders on it."""
    ids = "\n".join(f"work-list-item w-{number}" for number in numbers)
    return asdict(replace(READY, rows=len(numbers), ids=ids, **changes))


async def no_renewal() -> None:
    raise AssertionError("the session was to be renewed")


class Story:
    """A reader on a scripted page."""

    def __init__(
        self,
        *steps: Step,
        worst: int | None = None,
        session_ended: bool = False,
        data_lost: bool = False,
        no_data: bool = False,
        cached: bool = False,
        labels: Sequence[str] = (),
        seconds: float = 0.0,
        profile: Profile | None = None,
        renew: Callable[[], Awaitable[None]] = no_renewal,
        **request: Any,
    ) -> None:
        self.page = ScriptedPage(
            list(steps),
            worst,
            session_ended=session_ended,
            data_lost=data_lost,
            no_data=no_data,
            cached=cached,
            labels=labels,
            seconds=seconds,
        )
        asked = ScrapeRequest("work_orders", "a", "https://portal.example", "u", "/nowhere", **request)
        self.told = io.BytesIO()
        self._link = self.told
        self._profile = profile or prompt_profile()
        self._asked = asked
        self._renew = renew
        self.reader: WorkListReader | None = None
        self.work_list: WorkList | None = None

    def read(self) -> tuple[list[str], str]:
        """The numbers read and the proof."""

        async def run() -> tuple[list[str], str]:
            link = EngineLink(self.told)
            page = cast("PortalPage", self.page)
            self.reader = WorkListReader(page, self._profile, self._asked, link, renew=self._renew)
            read = await self.reader.read()
            self.work_list = read
            return read.numbers, read.proof

        return asyncio.run(run())

    def progress(self) -> list[dict[str, Any]]:
        lines = [json.loads(line) for line in self.told.getvalue().splitlines()]
        return [line for line in lines if line["t"] == "progress"]
