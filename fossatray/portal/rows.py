"""From the raw texts of a list row to a WorkOrder: strict, pure, inventing nothing.

A field that is not in the row stays absent; one that is there but cannot be read makes the whole row unreadable
(:class:`RowUnreadable`, which names the field, never its text). What a row shows besides, where one such thing is
known, is left out and counted: an order is worth more than a sync that fails for a second visit.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from fossatray.core.orders import Address, Service, Visit, WorkOrder
from fossatray.core.text import storable
from fossatray.core.urls import own_link
from fossatray.core.wire_checks import as_names
from fossatray.portal.profile import Profile

_DATE = re.compile(r"(\d\d)/(\d\d)/(\d{4})", re.ASCII)
_CITY = re.compile(r"(.*\S) ([A-Z]{2}) (\d{5}(?:-?\d{4})?)", re.ASCII)
_COUNTY = re.compile(r".*\S County")
_QUANTITY = re.compile(r"(\d{1,9}) x", re.ASCII)
_CODE = re.compile(r"\((.*)\)", re.DOTALL)
_COUNTER = re.compile(r"(\d{1,9}) / (\d{1,9})", re.ASCII)
_NOTHING: tuple[str | None, str | None] = (None, None)
_LINE_ENDS = re.compile(r"\r\n?")


class RowUnreadable(ValueError):
    """A field of a row is there but is not as the profile describes it; `field` is its name."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class RowReader:
    """Turns raw rows into work orders; `replaced` counts characters that could not be kept.

    `unread_days` counts the days of a completed visit that are of another form, and left out.
    `left_out` counts, by their key in the profile, further ones where one is kept, and groups without a service;
    `links_elsewhere` links that do not lead to the account's portal, whose texts are kept.
    `unknown_labels` counts, by label, the texts behind a label that the profile does not know, or behind none ("").
    """

    def __init__(self, profile: Profile, origin: str) -> None:
        self._profile = profile
        self._origin = origin
        self.unknown_labels: Counter[str] = Counter()
        self.left_out: Counter[str] = Counter()
        self.reset()

    def reset(self) -> None:
        """Count anew."""
        self.replaced = self.unread_days = self.links_elsewhere = 0
        self.unknown_labels.clear()
        self.left_out.clear()

    @property
    def unknown(self) -> tuple[str, ...]:
        """The labels that are not known, the most frequent first, as the engine takes them."""
        return as_names(label for label, _ in self.unknown_labels.most_common())

    def told(self) -> list[str]:
        """Return lines for the log: how often which label that is not known was seen, and what was left out."""
        seen = ", ".join(f"{label or '(none)'} ({count})" for label, count in self.unknown_labels.most_common(5))
        more = ", ".join(f"{key} ({count})" for key, count in self.left_out.most_common())
        days = f"the day of completion could not be read (row.completed) in {self.unread_days} rows"
        return [
            *([f"labels not known: {seen}"] if seen else []),
            *([f"shown in rows besides what is kept, and left out: {more}"] if more else []),
            *([f"links that lead elsewhere, left out: {self.links_elsewhere}"] if self.links_elsewhere else []),
            *([days] if self.unread_days else []),
        ]

    def read(self, raw: dict[str, Any]) -> WorkOrder:
        """Return the order of one raw row (see scripts/rows.js). Raises RowUnreadable."""
        try:
            return self._read(raw)
        except RowUnreadable:
            raise
        except (KeyError, TypeError, AttributeError, IndexError, ValueError) as error:
            raise RowUnreadable("row") from error

    def _read(self, raw: dict[str, Any]) -> WorkOrder:
        number = self._number(raw)
        self.left_out.update(raw["further"])
        customer, customer_url, store, location_url, site = self._site(raw["site"])
        created_by, created_at = self._created(raw["creator"])
        done, total = self._counter(raw["counter"])
        labelled = self._labelled(raw["labelled"])
        signs = self._profile.row
        known = (signs.reason_label, signs.project_label, signs.po_label)
        self.unknown_labels.update(label or "" for label in labelled if label not in known)
        return WorkOrder(
            number=number,
            customer=customer,
            customer_url=customer_url,
            store_number=store,
            site_name=site,
            location_url=location_url,
            address=read_address(list(self._lines(raw["address"]))),
            services=tuple(self._services(raw["services"])),
            instructions=self._kept(raw["instructions"]),
            visit=self._visit(raw["visit"], number),
            visits_done=done,
            visits_total=total,
            status=self._flat(raw["status"]),
            reason=labelled.get(signs.reason_label),
            project=labelled.get(signs.project_label),
            po_number=labelled.get(signs.po_label),
            created_by=created_by,
            created_at=created_at,
            categories=self._lines(raw["categories"]),
            contact=self._lines(raw["contact"]),
            billing=self._lines(raw["billing"]),
            completed_on=self._completed(raw["completed"]),
        )

    def _lines(self, texts: list[str | None]) -> tuple[str, ...]:
        """Those of the texts that say something, each as one line."""
        return tuple(line for text in texts if (line := self._flat(text)))

    def _completed(self, text: str | None) -> date | None:
        """The day, or None for one of another form: that the order is completed is proved by its counter alone."""
        try:
            return read_date(self._flat(text))
        except RowUnreadable:
            self.unread_days += 1
            return None

    def _labelled(self, lines: list[list[str | None]]) -> dict[str | None, str | None]:
        """The texts by label. Which of two that differ is the row's own, nobody can tell: then it is unreadable."""
        signs = self._profile.row
        known = {signs.reason_label: "reason", signs.project_label: "project", signs.po_label: "po_number"}
        found: dict[str | None, str | None] = {}
        for told, text in lines:
            label, shown = self._flat(told), self._flat(text)
            if label in known and found.setdefault(label, shown) != shown:
                raise RowUnreadable(known[label])
            found[label] = shown
        return found

    def _number(self, raw: dict[str, Any]) -> str:
        """The digits of "W-100001": the row's class, its link and its text must agree, and there is no other link."""
        signs = self._profile.row
        shown = re.search(signs.number_pattern, self._flat(raw["number"]) or "")
        linked = re.search(signs.path_pattern, _path(raw["href"]))
        classed = re.search(signs.id_class_pattern, raw["classes"])
        if not shown or not linked or not classed or len({shown[1], linked[1], classed[1]}) != 1:
            raise RowUnreadable("number")
        if "row.number" in raw["further"]:  # two rows in one: whose the rest is, nobody can tell
            raise RowUnreadable("number")
        return shown[1]

    def _site(self, lines: list[list[str | None]]) -> tuple[str | None, str | None, str | None, str | None, str | None]:
        """Customer, its URL, store number, location URL, site name: two links and a plain line, each optional.

        The link to the site is known by its path; where none leads there, it is the second. The first of each is kept.
        """
        said = [line for text, href in lines if (line := (self._flat(text), href)) != _NOTHING]
        plain = [line for line in said if line[1] is None]
        sites = [line for line in said if _path(line[1]).startswith(self._profile.paths.location)]
        others = [line for line in said if line not in plain and line not in sites]
        named = [line for line in others if line[0] is not None]
        found = (named or others, sites or named[1:], plain)
        customer, store, site = (lines[0] if lines else _NOTHING for lines in found)
        self.left_out.update("row.site_lines" for line in said if line not in (customer, store, site))
        return customer[0], self._link(customer[1]), store[0], self._link(store[1]), site[0]

    def _link(self, href: str | None) -> str | None:
        """The address of a link to the account's own portal; another is left out and counted."""
        url = own_link(self._origin, href)
        self.links_elsewhere += url is None and href is not None
        return url

    def _created(self, text: str | None) -> tuple[str | None, datetime | None]:
        shown = self._flat(text)
        if shown is None:
            return None, None
        match = re.fullmatch(self._profile.row.creator_pattern, shown if not shown.startswith("•") else f" {shown}")
        if match is None:
            raise RowUnreadable("created_at")
        return match[1].strip() or None, read_moment(match[2])

    def _counter(self, text: str | None) -> tuple[int | None, int | None]:
        shown = self._flat(text)
        if shown is None:
            return None, None
        match = _COUNTER.fullmatch(shown)
        if match is None:
            raise RowUnreadable("visits")
        return int(match[1]), int(match[2])

    def _services(self, groups: list[list[Any]]) -> list[Service]:
        self.left_out.update("row.service_groups" for _, lines in groups if not lines)
        return [self._service(self._flat(group), *line) for group, lines in groups for line in lines]

    def _service(self, group: str | None, quantity: str | None, what: str | None, code: str | None) -> Service:
        shown, coded = self._flat(quantity), self._flat(code)
        count = _QUANTITY.fullmatch(shown) if shown else None
        inside = _CODE.fullmatch(coded) if coded else None
        if shown and count is None:
            raise RowUnreadable("service quantity")
        if coded and inside is None:
            raise RowUnreadable("service code")
        return Service(
            group, self._flat(what), inside[1].strip() or None if inside else None, int(count[1]) if count else None
        )

    def _visit(self, raw: dict[str, Any] | None, number: str) -> Visit | None:
        if raw is None:
            return None
        url = self._link(raw["href"])
        visit_id = None
        if url is not None:
            match = re.search(self._profile.visit.path_pattern, urlsplit(url).path)
            if match is None or match[1] != number:
                raise RowUnreadable("visit")
            visit_id = match[2]
        due = self._flat(raw["due"])
        if due is not None:
            label = self._profile.visit.due_label
            if not due.startswith(label):
                raise RowUnreadable("due date")
            due = due[len(label) :].strip() or None
        return Visit(visit_id, url, read_date(self._flat(raw["date"])), self._time(raw["time"]), read_date(due))

    def _time(self, text: str | None) -> str | None:
        shown = self._flat(text)
        if shown is not None and shown.startswith("(") and shown.endswith(")"):
            shown = shown[1:-1].strip() or None
        return shown

    def _flat(self, text: str | None) -> str | None:
        """One line without white space around or doubled in it; nothing stays None."""
        return " ".join(self._storable(text).split()) or None if text is not None else None

    def _kept(self, text: str | None) -> str | None:
        """A text of several lines as it stands, without white space around it."""
        return _LINE_ENDS.sub("\n", self._storable(text)).strip() or None if text is not None else None

    def _storable(self, text: str) -> str:
        kept, count = storable(text)
        self.replaced += count
        return kept


def _path(href: str | None) -> str:
    """The path of a link; none of one that is no link at all ("http://[")."""
    try:
        return urlsplit(href or "").path
    except ValueError:
        return ""


def read_date(text: str | None) -> date | None:
    """Return the date of a strict MM/DD/YYYY. Raises RowUnreadable for anything else."""
    if text is None:
        return None
    match = _DATE.fullmatch(text)
    if match is None:
        raise RowUnreadable("date")
    try:
        return date(int(match[3]), int(match[1]), int(match[2]))
    except ValueError:
        raise RowUnreadable("date") from None


def read_moment(text: str) -> datetime:
    """Return the moment of a strict "MM/DD/YYYY hh:mmam", without a zone. Raises RowUnreadable for anything else."""
    day = read_date(text[:10])
    match = re.fullmatch(r" (0[1-9]|1[0-2]):([0-5]\d)([ap])m", text[10:], re.ASCII)
    if day is None or match is None:
        raise RowUnreadable("created_at")
    hour = int(match[1]) % 12 + (12 if match[3] == "p" else 0)
    return datetime(day.year, day.month, day.day, hour, int(match[2]))  # noqa: DTZ001 - the portal shows no zone


def read_address(lines: list[str]) -> Address:
    """Return the address of its lines: street first, "<Name> County" last, "City ST ZIP" before it, all else extra."""
    rest = list(lines)
    county = city = state = postal_code = None
    if rest and _COUNTY.fullmatch(rest[-1]):
        county = rest.pop()
    if rest and (match := _CITY.fullmatch(rest[-1])):
        city, state, postal_code = match[1], match[2], match[3]
        rest.pop()
    street = rest.pop(0) if rest else None
    return Address(street, tuple(rest), city, state, postal_code, county)
