"""The page under a check of the portal profile: asking it the check's questions, patiently but not for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from playwright.async_api import Error as PlaywrightError

from fossatray.core.errors import PortalTimeout
from fossatray.portal.check_answers import Answer, answers_of, script_questions
from fossatray.portal.check_questions import Asked
from fossatray.portal.foreign import was_replaced
from fossatray.portal.portal_page import PortalPage
from fossatray.portal.profile import Profile

_LOOK_S = 20.0
_PAUSE_S = 0.05
_MOST_VALUES = 3000


class CheckPage:
    """Asks questions of a page. `path` is where it was when it was asked last."""

    def __init__(self, page: PortalPage, profile: Profile) -> None:
        self._page = page
        self._profile = profile
        self.path = ""

    @property
    def patience(self) -> float:
        """How many seconds a list or a site may take; a sync waits for the page's whole limit."""
        return min(_LOOK_S, self._page.page_limit)

    async def ask(self, asked: Sequence[Asked]) -> dict[str, Answer]:
        """Return what the page shows now. Raises PortalTimeout if it goes from one document to the next meanwhile."""
        return await self.until("", asked, self.patience)

    async def until(self, key: str, asked: Sequence[Asked], limit: float) -> dict[str, Answer]:
        """Return what the page shows, once a key is found there or `limit` seconds are over; "" is any."""
        loop = asyncio.get_running_loop()
        end = loop.time() + limit
        answers: dict[str, Answer] | None = None
        while True:
            try:
                answers = await self._asked(asked)
            except PlaywrightError as error:
                if not was_replaced(error):
                    raise
            if answers is not None and (not key or answers[key].total):
                return answers
            if loop.time() > end:
                break
            await asyncio.sleep(_PAUSE_S)
        if answers is None:
            raise PortalTimeout
        return answers

    async def _asked(self, asked: Sequence[Asked]) -> dict[str, Answer]:
        told = await self._page.ask(
            "probe", {"questions": script_questions(self._profile, asked), "most": _MOST_VALUES}
        )
        answers = answers_of(told)
        self.path = str(told["path"])
        return answers
