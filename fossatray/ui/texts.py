"""Small texts for tables and panes: dates, durations, counts, names of what is stored."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from typing import Any

from PySide6.QtCore import QCoreApplication, QLocale

from fossatray.core.changes import COMPLETED_ON
from fossatray.core.errors import ErrorInfo
from fossatray.core.orders import Address, Service
from fossatray.core.runs import HistoryEntry, Outcome, Phase, Trigger
from fossatray.core.text import capital, one_line
from fossatray.core.why import reason_words
from fossatray.core.words import Words

translate = QCoreApplication.translate

CELL_LIMIT = 300

_OTHER_ORDER = "with."


def cell(text: str | None) -> str:
    """Return a text of the portal for a table cell: one line, not without end."""
    return one_line(text, CELL_LIMIT) if text else ""


@lru_cache(maxsize=2000)
def short_day(moment: date | None, today: date) -> str:
    """Return a date without a zone: "Nov 23", with the year if it is not this one."""
    if moment is None:
        return ""
    names = QLocale(translate("Words", "en_US", "the locale of this translation"))
    text = f"{names.monthName(moment.month, QLocale.FormatType.ShortFormat)} {moment.day}"
    return text if moment.year == today.year else f"{text}, {moment.year}"


@lru_cache(maxsize=2000)
def day(moment: date | None, today: date) -> str:
    """Return a date without a zone with its weekday: "Mon, Nov 23"."""
    if moment is None:
        return ""
    names = QLocale(translate("Words", "en_US", "the locale of this translation"))
    weekday = names.standaloneDayName(moment.isoweekday(), QLocale.FormatType.ShortFormat)
    return f"{weekday}, {short_day(moment, today)}"


def clock_day(moment: datetime | None, words: Words, today: date) -> str:
    """Return a moment without a zone, as the portal shows it: "Mon, Nov 23, 9:15 AM"."""
    return f"{day(moment.date(), today)}, {words.clock(moment.time())}" if moment else ""


def seconds(entry: HistoryEntry) -> float | None:
    """Return how many seconds a run took; None for what did not run, and where its end is not known.

    When an interrupted run died is not known: what is kept as its end is when that was noticed.
    """
    if entry.started_at is None or entry.finished_at is None or entry.outcome == Outcome.INTERRUPTED:
        return None
    return max(0.0, (entry.finished_at - entry.started_at).total_seconds())


def duration(entry: HistoryEntry) -> str:
    """Return how long a run took: "12.3 s", "2 min 5 s"; "–" for an interrupted one, empty for what did not run."""
    if entry.outcome == Outcome.INTERRUPTED:
        return "–"
    took = seconds(entry)
    if took is None:
        return ""
    if took < 60:
        return translate("Texts", "{seconds} s").format(seconds=f"{took:.1f}")
    return translate("Texts", "{minutes} min {seconds} s").format(minutes=int(took // 60), seconds=int(took % 60))


def phases(entry: HistoryEntry, words: Words) -> str:
    """Return how long each phase of a run took: "Logging in 2.1 s, Scraping 9.8 s"."""
    known = {phase.value: words.phase(phase) for phase in Phase}
    text = translate("Texts", "{phase} {seconds} s")
    return ", ".join(text.format(phase=known.get(name, name), seconds=f"{took:.1f}") for name, took in entry.phases)


def outcome(entry: HistoryEntry) -> str:
    """Return how a run ended, or what became of an occurrence, with a sign before it: not by colour alone."""
    shown = {
        "succeeded": translate("Texts", "✓ Succeeded"),
        "failed": translate("Texts", "✗ Failed"),
        "cancelled": translate("Texts", "■ Cancelled"),
        "interrupted": translate("Texts", "⚡ Interrupted"),
        "skipped": translate("Texts", "→ Skipped"),
        "missed": translate("Texts", "○ Missed"),
    }
    if entry.outcome is None:
        return translate("Texts", "… Running")
    return shown.get(entry.outcome, entry.outcome)


def trigger(kind: Trigger) -> str:
    """Return why a run was started."""
    return {
        Trigger.SCHEDULED: translate("Texts", "Scheduled"),
        Trigger.CATCH_UP: translate("Texts", "Catch-up"),
        Trigger.MANUAL: translate("Texts", "Manual"),
        Trigger.CHAINED: translate("Texts", "Chained"),
    }[kind]


def reason(entry: HistoryEntry, words: Words) -> str:
    """Return why a run ended so, or did not take place, as a line of its own; empty where none is kept."""
    return capital(reason_words(entry.reason, words)) if entry.reason else ""


def error_text(error: ErrorInfo | None) -> str:
    """Return an error with its message and advice, each on a line of its own."""
    if error is None:
        return ""
    parts = dict.fromkeys(translate("Words", part) for part in (error.title, error.message, error.advice) if part)
    return "\n".join(parts)


def address_lines(address: Address) -> str:
    """Return an address in the lines that are there."""
    state = " ".join(part for part in (address.state, address.postal_code) if part)
    place = ", ".join(part for part in (address.city, state) if part)
    return "\n".join(part for part in (address.street, *address.extra, place, address.county) if part)


def service_line(service: Service) -> str:
    """Return a service: "8 × All Dispensers (2861)", its group before it where there is one."""
    quantity = f"{service.quantity} × " if service.quantity is not None else ""
    code = f" ({service.code})" if service.code else ""
    text = f"{quantity}{service.description or ''}{code}".strip()
    return f"{service.group}: {text}" if service.group else text


def services_cell(services: tuple[Service, ...]) -> str:
    """Return all services in short, for a cell: "8 × 2861", by the code where there is one, else by name."""
    return cell(", ".join(_short_service(service) for service in services))


def _short_service(service: Service) -> str:
    name = service.code or service.description or service.group or ""
    return f"{service.quantity} × {name}" if service.quantity is not None and name else name


def field_name(name: str) -> str:
    """Return the name for people of a field in a change ("visit.date" is "Visit date").

    A field of the other order of a swap says so; one of a dispenser's unknown labels is called by its label.
    """
    if name.startswith(_OTHER_ORDER):
        return translate("Texts", "Other order: {field}").format(field=field_name(name.removeprefix(_OTHER_ORDER)))
    return {
        "customer": translate("Texts", "Customer"),
        "customer_url": translate("Texts", "Customer page"),
        "store_number": translate("Texts", "Store"),
        "site_name": translate("Texts", "Site"),
        "location_url": translate("Texts", "Site page"),
        "address.street": translate("Texts", "Street"),
        "address.extra": translate("Texts", "Address line"),
        "address.city": translate("Texts", "City"),
        "address.state": translate("Texts", "State"),
        "address.postal_code": translate("Texts", "Postal code"),
        "address.county": translate("Texts", "County"),
        "services": translate("Texts", "Services"),
        "instructions": translate("Texts", "Instructions"),
        "visit.id": translate("Texts", "Visit"),
        "visit.url": translate("Texts", "Visit page"),
        "visit.date": translate("Texts", "Visit date"),
        "visit.time": translate("Texts", "Visit time"),
        "visit.due_date": translate("Texts", "Due date"),
        "visits_done": translate("Texts", "Visits done"),
        "visits_total": translate("Texts", "Visits in all"),
        "status": translate("Texts", "Status"),
        "reason": translate("Texts", "Reason"),
        "project": translate("Texts", "Project"),
        "po_number": translate("Texts", "PO number"),
        "created_by": translate("Texts", "Created by"),
        "created_at": translate("Texts", "Created"),
        "categories": translate("Texts", "Categories"),
        "contact": translate("Texts", "Contact"),
        "billing": translate("Texts", "Billing"),
        COMPLETED_ON: translate("Texts", "Completed on"),
        "numbers": translate("Texts", "Dispenser"),
        "grades": translate("Texts", "Grades"),
        "make": translate("Texts", "Make"),
        "model": translate("Texts", "Model"),
        "serial": translate("Texts", "Serial number"),
        "stand_alone_code": translate("Texts", "Stand-alone code"),
        "nozzles_per_side": translate("Texts", "Nozzles per side"),
        "meter_type": translate("Texts", "Meter type"),
        "ntep": translate("Texts", "NTEP / COC"),
        "with": translate("Texts", "With"),
        "number": translate("Texts", "Number"),
    }.get(name, cell(name.removeprefix("other.")))


def field_value(name: str, value: Any, words: Words, today: date) -> str:
    """Return the value of a field in a change as a short text: a date as everywhere, the rest as it is kept."""
    name = name.removeprefix(_OTHER_ORDER)
    try:
        if name in {"visit.date", "visit.due_date", COMPLETED_ON} and isinstance(value, str):
            return day(date.fromisoformat(value), today)
        if name == "created_at" and isinstance(value, str):
            return clock_day(datetime.fromisoformat(value), words, today)
    except ValueError:
        return cell(str(value))
    return json_value(value)


def json_value(value: Any) -> str:
    """Return a field's value in its JSON form as a short text; nothing is "—"."""
    if value is None or value == "" or value == []:
        return "—"
    if isinstance(value, bool):
        return translate("Texts", "yes") if value else translate("Texts", "no")
    if isinstance(value, list):
        return ", ".join(json_value(item) for item in value)
    if isinstance(value, dict):
        return " ".join(str(part) for part in value.values() if part is not None)
    return cell(str(value))
