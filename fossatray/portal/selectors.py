"""Whether the profile's selectors are selectors at all: only a browser can tell."""

from __future__ import annotations

from fossatray.core.errors import InvalidInput
from fossatray.portal.check_answers import as_texts, wanted
from fossatray.portal.check_questions import SELECTORS
from fossatray.portal.portal_page import PortalPage
from fossatray.portal.profile import ADVICE, Profile


async def bad_selectors(page: PortalPage, profile: Profile) -> tuple[str, ...]:
    """Return the keys of the profile whose values are no CSS selectors. The page may be an empty one."""
    texts = {key: as_texts(wanted(profile, key)) for key in SELECTORS}
    told = await page.ask("selectors", {"selectors": sorted({text for each in texts.values() for text in each})})
    bad = {text for text in told if isinstance(text, str)} if isinstance(told, list) else set()
    return tuple(key for key, each in texts.items() if bad.intersection(each))


async def require_selectors(page: PortalPage, profile: Profile, file: str) -> None:
    """Raise InvalidInput for a profile of the person's own that has a selector that is none, naming key and file."""
    for key in await bad_selectors(page, profile):
        raise InvalidInput(f"The portal profile's key {key} is not a CSS selector ({file}).", advice=ADVICE)
