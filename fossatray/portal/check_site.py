"""The part of a profile's check that looks at the dispensers of one site, found through the work list's rows."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from fossatray.core.dispensers import DISPENSER_CODES, Dispenser
from fossatray.core.errors import PortalTimeout, SessionLost
from fossatray.core.portal_check import PortalStep, Verdict
from fossatray.core.urls import own_link
from fossatray.portal.check_answers import Answer, Judge
from fossatray.portal.check_page import CheckPage
from fossatray.portal.check_questions import SITE, SITE_PART, TABS, TITLES
from fossatray.portal.dispenser_cards import CardReader, CardUnreadable
from fossatray.portal.equipment import script_argument
from fossatray.portal.portal_page import PortalPage
from fossatray.portal.profile import Profile

_SITES = 3
"""How many sites are looked at, at most, to find one with dispensers."""
_SURE = 2
"""At how many sites, whose orders concern dispensers, there must be none before their group's name is doubted."""
_TROUBLES = {
    "no tab": ("equipment.tab_text", "No tab with this text was found."),
    "nothing": ("equipment.group", "After a click on the tab there was no group of equipment."),
    "none": ("equipment.name_text", "At none of the sites there is a group of this name."),
    "no group": ("equipment.name_text", "No single group of this name tells how many dispensers it has."),
    "closed": ("equipment.toggle", "The group did not open."),
    "incomplete": ("equipment.cards", "There are not as many as the group counts."),
    "too many": ("equipment.cards", "There are more than FossaTray reads."),
}
"""What scripts/equipment.js says of a site that it cannot read: the key to look at first, and why."""


_PARTS = {
    "title": ("equipment.title",),
    "serial": ("equipment.serial",),
    "label": ("equipment.detail_label", "equipment.field_label"),
}
"""Parts of a dispenser's card that can be unreadable, and the keys that they may come from."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """A site that was looked at: what scripts/equipment.js says of it, the cards, the answers, the toggle's titles."""

    sign: str
    cards: list[Any]
    answers: dict[str, Answer]
    titles: tuple[str, ...]


class SiteCheck:
    """Looks at a site on a signed-in page; `url` and `dispensers` are those that it read in the end."""

    def __init__(self, page: PortalPage, checked: CheckPage, profile: Profile, origin: str, judge: Judge) -> None:
        self._page = page
        self._checked = checked
        self._profile = profile
        self._origin = origin
        self._judge = judge
        self.url = ""
        self.dispensers: tuple[Dispenser, ...] = ()

    async def run(self, raws: list[dict[str, Any]]) -> list[PortalStep]:
        """Return the steps about a site of these rows (see scripts/rows.js). Raises the portal's errors."""
        if not raws:
            return self._judge.unchecked(SITE_PART, [*TABS, *SITE], "A row of the work list has to be found first.")
        sites, what = self._sites(raws), "the path of an order's site"
        if not sites:
            told = "No row has a link that begins so."
            step = self._judge.step(SITE_PART, "paths.location", what, Verdict.MISSING, told=told)
            why = "paths.location has to be found first."
            return [step, *self._judge.unchecked(SITE_PART, [*TABS, *SITE], why)]
        steps = [self._judge.step(SITE_PART, "paths.location", what, Verdict.FOUND, matched=len(sites))]
        seen: list[_Seen] = []
        for url in list(sites)[:_SITES]:
            site = await self._look(url)
            if site.sign == "read" and site.cards:
                steps += self._judge.steps(SITE_PART, [*TABS, *SITE], site.answers)
                self.url = url
                return [*steps, self._title(site), *self._cards(site)]
            if site.sign in _TROUBLES and (site.sign != "none" or sites[url]):
                seen.append(site)
        troubled = [site for site in seen if site.sign != "none"] or (seen if len(seen) >= _SURE else [])
        if troubled:
            return [*steps, *self._troubled(troubled[0])]
        why = "The portal showed no dispensers at the sites that were looked at."
        return [*steps, *self._judge.unchecked(SITE_PART, [*TABS, *SITE], why)]

    def _sites(self, raws: list[dict[str, Any]]) -> dict[str, bool]:
        """Return the URLs of the rows' sites, and whether their orders concern dispensers: those come first."""
        begins = self._profile.paths.location
        found: dict[str, bool] = {}
        for raw in raws:
            codes = [str(line[2]) for _, lines in raw["services"] for line in lines]
            concerned = any(f"({code})" in text for code in DISPENSER_CODES for text in codes)
            for _, href in raw["site"]:
                url = own_link(self._origin, href)
                if url is not None and urlsplit(url).path.startswith(begins):
                    found[url] = found.get(url, False) or concerned
        return dict(sorted(found.items(), key=lambda item: not item[1]))

    async def _look(self, url: str) -> _Seen:
        """Open a site and its dispensers; return what scripts/equipment.js says, and what is there then."""
        await self._page.open(url.removeprefix(self._origin))
        told = await self._page.watch("equipment", script_argument(self._profile), self._checked.patience)
        if not isinstance(told, dict):
            raise PortalTimeout
        if told.get("sign") == "form" or self._page.session_ended:
            raise SessionLost
        self._page.raise_for_answer()
        cards = told.get("cards")
        answers, titles = await self._checked.ask([*TABS, *SITE]), await self._checked.ask(TITLES)
        raws = cards if isinstance(cards, list) else []
        return _Seen(str(told.get("sign")), raws, answers, titles["equipment.toggle"].values)

    def _troubled(self, site: _Seen) -> list[PortalStep]:
        """Return the steps of a site that could not be read: the first key that breaks it is among them."""
        steps = self._judge.steps(SITE_PART, TABS, site.answers)
        if site.sign == "no tab":
            steps += self._judge.unchecked(SITE_PART, SITE, "The tab with the equipment has to be found first.")
        else:
            steps += [*self._judge.steps(SITE_PART, SITE, site.answers), self._title(site)]
        if all(step.verdict is not Verdict.MISSING for step in steps):
            key, told = _TROUBLES[site.sign]
            steps.append(self._judge.step(SITE_PART, key, "the dispensers as a whole", Verdict.MISSING, told=told))
        return steps

    def _title(self, site: _Seen) -> PortalStep:
        """Say whether the group's titles are those that tell whether it is open."""
        signs, what = self._profile.equipment, "the title of an open or a closed group"
        others = [title for title in site.titles if title not in (signs.toggle_shown, signs.toggle_hidden)]
        matched, of = len(site.titles) - len(others), len(site.titles)
        verdict = Verdict.FOUND if matched else Verdict.MISSING if others else Verdict.UNCHECKED
        told = f"What is there instead: {self._judge.masked(others[0])}" if others else None
        return self._judge.step(SITE_PART, "equipment.toggle_shown", what, verdict, matched=matched, of=of, told=told)

    def _cards(self, site: _Seen) -> list[PortalStep]:
        """Return the steps about the dispensers as wholes, and about their labels."""
        reader = CardReader(self._profile)
        unreadable: Counter[str] = Counter()
        read: list[Dispenser] = []
        for card in site.cards:
            try:
                read.append(reader.read(card))
            except CardUnreadable as error:
                unreadable[error.field] += 1
        self.dispensers = tuple(read)
        count, whole = len(site.cards), len(site.cards) - unreadable.total()
        verdict = Verdict.MISSING if unreadable else Verdict.FOUND
        told = f"This cannot be read: {', '.join(sorted(unreadable))}." if unreadable else None
        what = "dispensers that are read whole"
        key = self._judge.to_blame(_PARTS.get(next(iter(unreadable), ""), ("equipment.cards",)))
        step = self._judge.step(SITE_PART, key, what, verdict, matched=whole, of=count, told=told)
        return [step, self._labels(site.answers)]

    def _labels(self, answers: dict[str, Answer]) -> PortalStep:
        """Say which of the profile's labels the site shows."""
        serials = [value.partition(":")[0] for value in answers["equipment.serial"].values]
        shown = {_folded(value) for key in _LABELS for value in answers[key].values} | set(map(_folded, serials))
        labels = [label for label, _ in self._profile.equipment.labels]
        absent = [label for label in labels if _folded(label) not in shown]
        verdict = Verdict.MISSING if len(absent) == len(labels) else Verdict.FOUND
        told = f"Not at this site: {', '.join(absent)}." if absent else None
        matched = len(labels) - len(absent)
        return self._judge.step(
            SITE_PART, "equipment.labels", "labels that are known", verdict, matched=matched, of=len(labels), told=told
        )


_LABELS = ("equipment.detail_label", "equipment.field_label")


def _folded(label: str) -> str:
    return " ".join(label.split()).rstrip(":").strip().casefold()
