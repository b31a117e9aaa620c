"""Reading the dispensers of one site: its page, the Equipment tab, their group, as many as the portal counts."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fossatray.core.errors import (
    DispensersIncomplete,
    LayoutChanged,
    LocationDenied,
    LocationGone,
    PortalError,
    PortalServerError,
    PortalTimeout,
)
from fossatray.core.messages import DISPENSER_LIMIT, LocationRead, ScrapeRequest
from fossatray.core.text import storable
from fossatray.core.urls import own_link
from fossatray.core.wire_checks import as_names
from fossatray.portal.dispenser_cards import CardReader, CardUnreadable
from fossatray.portal.list_page import SessionGone
from fossatray.portal.portal_page import PortalPage
from fossatray.portal.profile import Profile

_FORBIDDEN, _TOO_MANY, _MAINTENANCE = 403, 429, 503
_TEXTS = ("gone_texts", "denied_texts", "trouble_texts")
_CHANGED = {
    "no tab": "The site's Equipment tab was not found.",
    "nothing": "The site's Equipment tab showed no equipment.",
    "no group": "The group of dispensers was not as expected.",
    "closed": "The group of dispensers could not be opened.",
    "too many": "The site has more dispensers than FossaTray reads.",
}


def script_argument(profile: Profile) -> dict[str, Any]:
    """Return what scripts/equipment.js is given, but its time limit."""
    signs, work_list = profile.equipment, profile.work_list
    texts = {name: [text.lower() for text in getattr(signs, name)] for name in _TEXTS}
    return {
        "signs": asdict(signs) | texts,
        "form": profile.sign_in.form,
        "loader": work_list.loader,
        "modal": work_list.modal,
        "modal_buttons": work_list.modal_buttons,
        "modal_dismiss": work_list.modal_dismiss,
        "quiet": profile.waits.quiet * 1000,
        "late": profile.waits.late * 1000,
        "again": signs.again * 1000,
        "believed": signs.believed * 1000,
        "tab_wait": signs.tab_wait * 1000,
        "most": DISPENSER_LIMIT,
    }


class AskedToWait(Exception):
    """The portal wants to be left alone, for `seconds` where it tells that."""

    def __init__(self, seconds: float | None) -> None:
        super().__init__()
        self.seconds = seconds


class EquipmentReader:
    """Reads sites on a signed-in page, one after the other."""

    def __init__(self, page: PortalPage, profile: Profile, request: ScrapeRequest) -> None:
        self._page = page
        self._profile = profile
        self._origin = request.origin

    async def read(self, url: str) -> LocationRead:
        """Return the dispensers of the site with this URL, proved complete; none only where other equipment is shown.

        Raises LocationGone, LocationDenied, DispensersIncomplete, LayoutChanged, PortalTimeout, PortalServerError,
        PortalUnreachable, LedElsewhere; AskedToWait and SessionGone, after which it may be read again.
        """
        if own_link(self._origin, url) != url:
            raise LayoutChanged("The site's link leads to another web site. That was not followed.")
        try:
            await self._page.open(url.removeprefix(self._origin))
        except PortalError:
            self._raise_for_wait()
            raise
        told = await self._page.watch("equipment", script_argument(self._profile), self._page.time_left)
        if not isinstance(told, dict):
            raise PortalTimeout
        sign = told.get("sign")
        if sign == "read":
            return self._read_cards(url, told.get("cards"))
        if sign == "form" or self._page.session_ended:
            raise SessionGone
        self._raise_for_answer()
        if sign == "none":
            return LocationRead(url, (), groups=_names(told.get("names")))
        raise _error_for(told)

    def _read_cards(self, url: str, raws: object) -> LocationRead:
        if not isinstance(raws, list):
            raise LayoutChanged("The group of dispensers was not as expected.")
        cards = CardReader(self._profile)
        dispensers, unreadable = [], []
        for place, raw in enumerate(raws, start=1):
            try:
                dispensers.append(cards.read(raw))
            except CardUnreadable as error:
                unreadable.append(f"dispenser {place}: {error.field}")
        if unreadable:
            raise LayoutChanged(f"{len(unreadable)} of {len(raws)} dispensers could not be read ({unreadable[0]}).")
        return LocationRead(url, tuple(dispensers), cards.replaced)

    def _raise_for_wait(self) -> None:
        """Raise what the portal's answer to the page itself means for a site."""
        if self._page.status == _TOO_MANY or (self._page.status == _MAINTENANCE and self._page.retry_after is not None):
            raise AskedToWait(self._page.retry_after) from None
        if self._page.status == _FORBIDDEN:
            raise LocationDenied from None

    def _raise_for_answer(self) -> None:
        """Raise for what the portal answered instead of data, if it did."""
        worst = self._page.worst
        if worst == _TOO_MANY or (worst == _MAINTENANCE and self._page.retry_after is not None):
            raise AskedToWait(self._page.retry_after)
        if worst == _FORBIDDEN:
            raise LocationDenied
        self._page.raise_for_answer()


def _names(told: object) -> tuple[str, ...]:
    """Return the names of the groups of other equipment, as the page tells them."""
    names = [name for name in told if isinstance(name, str)] if isinstance(told, list) else []
    return as_names(kept for name in names if (kept := storable(name)[0].strip()))


def _error_for(told: dict[str, Any]) -> PortalError:
    """Return what a page that did not come to its end means."""
    sign = told.get("sign")
    if sign == "gone":
        return LocationGone()
    if sign == "denied":
        return LocationDenied()
    if sign == "trouble":
        return PortalServerError("The portal's page for this site says that something went wrong.")
    if sign == "incomplete":
        counted, shown = told.get("count"), told.get("shown")
        return DispensersIncomplete(f"The portal counts {counted} dispensers at this site, {shown} were shown.")
    if sign == "busy":
        return PortalTimeout("The portal did not finish loading the site.")
    return LayoutChanged(_CHANGED.get(str(sign), "The site's page was not as expected."))
