"""What the check of a portal profile asks: each key of the profile once, in plain words, with what must be there."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

PROFILE_PART = "Profile"
PAGE_PART = "Sign-in page"
INSIDE_PART = "After the sign-in"
LIST_PART = "Work list"
ROWS_PART = "Rows of the work list"
SITE_PART = "A site's dispensers"


LAYOUT = ("class", "type", "name")
"""Attributes that tell of the page, as a rule, not of what is in it."""


class Need(Enum):
    """How often it must be there."""

    SOME = "some"
    """At least once: without it a sync fails or loses a field."""
    EVERY = "every"
    """In every place that it is asked in."""
    PAGES = "pages"
    """At least once, where the list has more than one page."""
    MAY = "may"
    """Not every list, or site, has it."""


@dataclass(frozen=True, slots=True)
class Question:
    """A selector of the profile: its key, its meaning, and inside what it is asked (another's key; "" is the page).

    `value` is what is told of what it finds: "text", "own" (its own text), "leaves" (its innermost texts), or the name
    of an attribute. With `closest` it is looked for around, not inside. `keep`: what follows is asked in the group of
    dispensers only.
    """

    key: str
    what: str
    within: str = ""
    need: Need = Need.SOME
    value: str = "text"
    closest: bool = False
    keep: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """A text, or a pattern, of the profile that must fit the values that the question `source` found."""

    key: str
    what: str
    source: str
    fits: Callable[[str, str], bool]
    need: Need = Need.SOME


def equals(wanted: str, value: str) -> bool:
    """Tell whether a value is the profile's text."""
    return value == wanted


def folded(wanted: str, value: str) -> bool:
    """Tell whether a value is the profile's text, in capitals or not."""
    return value.casefold() == wanted.casefold()


def starts(wanted: str, value: str) -> bool:
    """Tell whether a value begins with the profile's text."""
    return value.startswith(wanted)


def is_badge(wanted: str, value: str) -> bool:
    """Tell whether a badge says what the profile says, as scripts/settle.js takes it."""
    return value.replace(" : ", ": ", 1) == wanted


def matches(pattern: str, value: str) -> bool:
    """Tell whether a pattern is found in a value."""
    return re.search(pattern, value) is not None


def matches_whole(pattern: str, value: str) -> bool:
    """Tell whether a pattern is a whole value."""
    return re.fullmatch(pattern, value) is not None


Asked = Question | Reading
_MAY, _EVERY, _PAGES = Need.MAY, Need.EVERY, Need.PAGES

SIGN_IN: tuple[Asked, ...] = (
    Question("sign_in.form", "the sign-in form", value="name"),
    Question("sign_in.username", "its field for the user name", "sign_in.form", value="type"),
    Question("sign_in.password", "its field for the password", "sign_in.form", value="type"),
    Question("sign_in.submit", "its button", "sign_in.form", value="type"),
)
INSIDE: tuple[Asked, ...] = (
    Question("sign_in.signed_in", "the sign of being signed in", value="class"),
    Question("sign_in.user", "who is signed in"),
    Question("sign_in.sign_out", "links of the user's menu"),
    Reading("sign_in.sign_out_text", "the link that signs out", "sign_in.sign_out", equals),
)
WORK_LIST: tuple[Asked, ...] = (
    Question("work_list.badge", "badges of the active filters"),
    Reading("work_list.badge_text", "the badge of the open orders", "work_list.badge", is_badge),
    Question("work_list.box", "the box around header and rows", value="class"),
    Question("work_list.header", "the header", "work_list.box", value="leaves"),
    Reading("work_list.header_texts", "the header's texts", "work_list.header", equals),
    Question("work_list.loader", "the loaders, idle or not", value="class"),
    Question("work_list.total", "the number of matches"),
    Reading("work_list.total_pattern", "the number in it", "work_list.total", matches),
    Question("work_list.pages", "the links to the pages", value="class"),
    Question("work_list.page_links", "a page's link", need=_PAGES),
    Question("work_list.current_page", "the present page's link", need=_PAGES),
    Question("work_list.next_page", "the link to the next page", need=_PAGES),
    Question("work_list.previous_page", "the link to the page before", need=_PAGES),
    Question("work_list.view", "the choice of the view", value="value"),
    Reading("work_list.view_list", "the list view", "work_list.view", equals),
    Question("work_list.view_active", "the active view's label", "work_list.view", closest=True, value="class"),
    Question("work_list.size_field", "the field of the page size", value="name"),
    Question("work_list.size_control", "the control around it", "work_list.size_field", closest=True, value="class"),
    Question("work_list.size_shown", "what the control says", "work_list.size_control"),
    Question("work_list.size_option", "its choices", "work_list.size_control"),
    Reading("work_list.size_text", "the largest page size", "work_list.size_option", equals),
    Question("work_list.modal", "dialogs, hidden or not", need=_MAY, value="class"),
    Question("work_list.modal_buttons", "their buttons", "work_list.modal", need=_MAY),
    Reading("work_list.modal_dismiss", "the button that dismisses", "work_list.modal_buttons", equals, _MAY),
)
ROW: tuple[Asked, ...] = (
    Question("work_list.row", "rows", value="class"),
    Reading("row.id_class_pattern", "the order's number in the row's class", "work_list.row", matches, _EVERY),
    Question("row.number", "the link with the order's number", "work_list.row", _EVERY),
    Reading("row.number_pattern", "the number in its text", "row.number", matches, _EVERY),
    Question("row.categories", "categories", "work_list.row", _MAY),
    Question("row.status", "the status", "work_list.row"),
    Question("row.labelled", "lines with a label", "work_list.row"),
    Question("row.label", "their labels", "row.labelled"),
    Reading("row.reason_label", "the reason's label", "row.label", equals),
    Reading("row.project_label", "the project's label", "row.label", equals, _MAY),
    Reading("row.po_label", "the purchase order's label", "row.label", equals, _MAY),
    Question("row.creator", "who made the order, and when", "work_list.row"),
    Reading("row.creator_pattern", "name and time in it", "row.creator", matches_whole, _EVERY),
    Question("row.site_lines", "customer, store number, site name", "work_list.row"),
    Question("row.address_lines", "the address", "work_list.row"),
    Question("row.contact_lines", "the customer's contact", "work_list.row", _MAY),
    Question("row.billing_lines", "who the bill goes to", "work_list.row", _MAY),
    Question("row.service_groups", "groups of services", "work_list.row"),
    Question("row.service_group", "a group's name", "row.service_groups"),
    Question("row.service_lines", "services", "row.service_groups"),
    Question("row.service_quantity", "a service's quantity", "row.service_lines"),
    Question("row.service_text", "a service's text", "row.service_lines"),
    Question("row.service_code", "a service's code", "row.service_text"),
    Question("row.counter", "the counter of visits", "work_list.row", value="title"),
    Question("row.instructions", "the instructions", "work_list.row"),
    Question("row.visit", "the link to the next visit", "work_list.row", value="href"),
    Reading("visit.path_pattern", "order and visit in its address", "row.visit", matches, _EVERY),
    Question("visit.date", "the visit's date", "row.visit"),
    Question("visit.time", "the visit's time", "row.visit", _MAY),
    Question("visit.due", "the due date", "row.visit", _MAY),
    Reading("visit.due_label", "the due date's label", "visit.due", starts, _EVERY),
)
LINK: tuple[Asked, ...] = (
    Question("work_list.row", "rows", value="class"),
    Question("row.number", "the link with the order's number", "work_list.row", value="href"),
    Reading("row.path_pattern", "the number in the link's address", "row.number", matches, _EVERY),
)
"""The same link once more, for its address."""
TABS: tuple[Asked, ...] = (
    Question("equipment.tabs", "tabs and links"),
    Reading("equipment.tab_text", "the tab with the equipment", "equipment.tabs", equals),
)
SITE: tuple[Asked, ...] = (
    Question("equipment.group", "groups of equipment", value="class", keep=True),
    Question("equipment.toggle", "what opens and closes the group", "equipment.group"),
    Reading("equipment.count_pattern", "the number of dispensers in it", "equipment.toggle", matches),
    Question("equipment.name", "the group's name", "equipment.toggle"),
    Reading("equipment.name_text", "the name of the group of dispensers", "equipment.name", folded),
    Question("equipment.cards", "dispensers", "equipment.group", value="class"),
    Question("equipment.title", "a dispenser's title", "equipment.cards", _EVERY, value="own"),
    Question("equipment.serial", "its serial number", "equipment.cards", _MAY),
    Question("equipment.details", "its make and model", "equipment.cards"),
    Question("equipment.detail_label", "their labels", "equipment.details"),
    Question("equipment.fields", "its further fields", "equipment.cards"),
    Question("equipment.field_label", "their labels", "equipment.fields"),
    Question("equipment.field_value", "their values", "equipment.fields"),
)
TITLES: tuple[Asked, ...] = (
    Question("equipment.group", "groups of equipment", value="class", keep=True),
    Question("equipment.toggle", "what opens and closes the group", "equipment.group", value="title"),
)
"""The same group once more, for the title of what opens it."""

TABLES = (SIGN_IN, INSIDE, WORK_LIST, ROW, LINK, TABS, SITE)
SELECTORS = (
    *dict.fromkeys(one.key for table in TABLES for one in table if isinstance(one, Question)),
    *("sign_in.errors", "row.completed", "equipment.content"),
)
"""The keys whose values are selectors (one, or a list)."""

UNCHECKED_KEYS = {
    "sign_in.errors": "a refused sign-in would be needed",
    "sign_in.locked_texts": "a locked sign-in would be needed",
    "work_list.disabled": "only lists without a filter have such links",
    "work_list.page_sizes": "a list that is just as long would be needed",
    "work_list.empty_texts": "an empty list would be needed",
    "row.completed": "a completed order would be needed",
    "equipment.toggle_hidden": "a closed group would be needed",
    "equipment.content": "a site that cannot be shown would be needed",
    "equipment.gone_texts": "a site that cannot be shown would be needed",
    "equipment.denied_texts": "a site that cannot be shown would be needed",
    "equipment.trouble_texts": "a site that cannot be shown would be needed",
}
"""Keys that no healthy portal shows anything of, and what would be needed to check them."""
