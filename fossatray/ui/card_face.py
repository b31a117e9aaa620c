"""What the glow card says: one face for each state, made from a snapshot by a pure function."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from PySide6.QtCore import QCoreApplication

from fossatray.core.errors import BrowserMissing, ErrorInfo
from fossatray.core.runs import DISPENSERS, START, WORK_ORDERS, Counts, Outcome, Run
from fossatray.core.status import ISSUES_AFTER, RESULT_SHOWN, AccountState, Activity, AppState, BrowserInstall
from fossatray.core.text import capital
from fossatray.core.why import reason_words
from fossatray.core.words import Words

translate = QCoreApplication.translate


class FaceKind(StrEnum):
    """The card's faces."""

    IDLE = "idle"
    SYNCING = "syncing"
    SUCCESS = "success"
    FAILURE = "failure"
    PAUSED = "paused"
    NOT_SET_UP = "not_set_up"


class Offer(StrEnum):
    """What a button of the card offers."""

    SYNC = "sync"
    CANCEL = "cancel"
    CANCEL_INSTALL = "cancel_install"
    RESUME = "resume"
    DISMISS = "dismiss"
    SETTINGS = "settings"
    ORDERS = "orders"
    DISPENSERS = "dispensers"
    INSTALL_BROWSER = "install_browser"


@dataclass(frozen=True, slots=True)
class Face:
    """Everything the card shows. The first of `offers` is the button that Enter presses.

    `failure` names what Dismiss would dismiss; `until` is when the face changes by itself.
    """

    kind: FaceKind
    title: str
    sentence: str
    detail: str = ""
    account: str = ""
    phase: str = ""
    found: str = ""
    percentage: int = 0
    offers: tuple[Offer, ...] = ()
    failure: str | None = None
    until: datetime | None = None


def face_of(state: AppState, words: Words, now: datetime, dismissed: frozenset[str] = frozenset()) -> Face:
    """Return the face for a state: syncing before failed before just done before what is next.

    The installation of a browser is shown like a sync; that it failed stands in the place of the missing browser.
    `dismissed` holds the failures that the person has dismissed.
    """
    if state.fault is not None and _fault_key(state.fault) not in dismissed:
        return _failure(state.fault, _fault_key(state.fault), "", (Offer.DISMISS,), "")
    several, leading, install = len(state.accounts) > 1, state.leading, state.browser_install
    if leading is not None and leading.run is not None:
        return _syncing(leading, words, several=several)
    if install is not None and state.is_installing:
        return _installing(install)
    if leading is None:
        return _not_set_up()
    for account in state.accounts:
        error, key = _error_of(account)
        if error is not None and key not in dismissed:
            next_sync = _outlook(account, words, now)
            ways_out = _ways_out(account, error)
            if error.kind == BrowserMissing.kind and install is not None and install.error is not None:
                error = install.error
            return _failure(error, key, _name(account, several=several), ways_out, next_sync)
    for account in state.accounts:
        if account.activity(now) is Activity.COMPLETED:
            return _success(account, words, now, several=several)
    return _at_rest(leading, words, now, several=several)


def changes_sentence(counts: Counts, job: str = WORK_ORDERS) -> str:
    """Return what a run changed: "3 new, 1 changed, 2 no longer in your open list", or that nothing has changed."""
    left = translate("GlowCard", "{count} no longer in your open list")
    parts = [
        (counts.new, translate("GlowCard", "{count} new")),
        (counts.changed, translate("GlowCard", "{count} changed")),
        (counts.archived, translate("GlowCard", "{count} no longer there") if job == DISPENSERS else left),
    ]
    told = [text.format(count=count) for count, text in parts if count]
    return ", ".join(told) if told else translate("GlowCard", "Nothing has changed")


def _name(account: AccountState, *, several: bool) -> str:
    return account.account.name if several else ""


def _fault_key(fault: ErrorInfo) -> str:
    return f"fault {fault.kind} {fault.message}"


def _error_of(account: AccountState) -> tuple[ErrorInfo | None, str]:
    last = account.last_run
    if last is not None and last.outcome is Outcome.FAILED:
        return account.blocked or last.error or _unknown_error(), f"run {last.id}"
    if account.blocked is not None:
        return account.blocked, f"blocked {account.account.id} {account.blocked.kind}"
    return None, ""


def _unknown_error() -> ErrorInfo:
    return ErrorInfo("error", "Something went wrong", "", "Try again. If it happens again, open the log from the menu.")


def _outlook(account: AccountState, words: Words, now: datetime) -> str:
    """Return what a failure is followed by: that it is not the first one, and what comes next."""
    if account.blocked is not None:
        return ""
    lines = [words.next_sync(account, now)]
    if account.failures >= ISSUES_AFTER and not account.switched_off:
        text = translate("GlowCard", "Having issues: {count} syncs failed in a row")
        lines.insert(0, text.format(count=account.failures))
    return "\n".join(lines)


def _ways_out(account: AccountState, error: ErrorInfo) -> tuple[Offer, ...]:
    if account.blocked is not None:
        return (Offer.SETTINGS, Offer.DISMISS)
    if account.switched_off:
        return (Offer.RESUME, Offer.SYNC, Offer.DISMISS)
    if error.kind == BrowserMissing.kind:
        return (Offer.INSTALL_BROWSER, Offer.SYNC, Offer.DISMISS)
    return (Offer.SYNC, Offer.DISMISS)


def _failure(error: ErrorInfo, key: str, account: str, offers: tuple[Offer, ...], next_sync: str) -> Face:
    title = translate("Words", error.title)
    message = translate("Words", error.message)
    advice = translate("Words", error.advice)
    return Face(
        FaceKind.FAILURE,
        title,
        message if message != title else advice,
        "\n".join(part for part in (advice if message != title else "", next_sync) if part),
        account=account,
        offers=offers,
        failure=key,
    )


def _not_set_up() -> Face:
    return Face(
        FaceKind.NOT_SET_UP,
        translate("GlowCard", "Welcome to FossaTray"),
        translate("GlowCard", "Add your portal account, and your work orders will be kept in sync."),
        offers=(Offer.SETTINGS,),
    )


def _syncing(account: AccountState, words: Words, *, several: bool) -> Face:
    progress = account.progress or START
    return Face(
        FaceKind.SYNCING,
        _syncing_what(account.run),
        words.doing(account),
        account=_name(account, several=several),
        phase=words.phase(progress.phase),
        found=words.found(progress.found, account.run.job if account.run else ""),
        percentage=progress.percentage,
        offers=(_what_is_read(account.run), Offer.CANCEL),
    )


def _what_is_read(run: Run | None) -> Offer:
    """Return the way to what a run reads."""
    return Offer.DISPENSERS if run is not None and run.job == DISPENSERS else Offer.ORDERS


def _syncing_what(run: Run | None) -> str:
    if run is not None and run.job == DISPENSERS:
        return translate("GlowCard", "Syncing dispensers")
    return translate("GlowCard", "Syncing work orders")


def _installing(install: BrowserInstall) -> Face:
    return Face(
        FaceKind.SYNCING,
        translate("GlowCard", "Installing a browser"),
        translate("GlowCard", "This may take some minutes. A sync that failed without it is then done again."),
        percentage=install.percentage,
        offers=(Offer.ORDERS, Offer.CANCEL_INSTALL),
    )


def _success(account: AccountState, words: Words, now: datetime, *, several: bool) -> Face:
    last = account.last_run
    counts = last.counts if last else Counts()
    ended = last.finished_at if last else None
    return Face(
        FaceKind.SUCCESS,
        translate("GlowCard", "Sync complete"),
        _done_sentence(last, words) if last else changes_sentence(counts),
        words.next_sync(account, now),
        account=_name(account, several=several),
        found=words.found(counts.found, last.job if last else ""),
        percentage=100,
        offers=(_what_is_read(last), Offer.SYNC),
        until=ended + RESULT_SHOWN if ended else None,
    )


def _done_sentence(run: Run, words: Words) -> str:
    """Return what a run changed and, of one for dispensers, which sites brought nothing, or why there were none."""
    changed = changes_sentence(run.counts, run.job)
    if run.job != DISPENSERS or run.reason is None:
        return changed
    why = capital(reason_words(run.reason, words))
    return f"{changed}\n{why}" if run.counts.found else why


def _at_rest(account: AccountState, words: Words, now: datetime, *, several: bool) -> Face:
    rests = account.paused and account.blocked is None
    resumable = rests or (account.switched_off and account.blocked is None)
    said = words.next_sync(account, now)
    advice = "" if account.switched_off else words.advice(account)
    first = (Offer.RESUME,) if resumable else (Offer.SETTINGS,) if advice else ()
    open_orders = translate("GlowCard", "{orders} open").format(orders=words.orders(account.open_orders))
    hint = translate("GlowCard", "Nothing is read until you resume.")
    ends = any(one.schedule.enabled for one in account.schedules)
    return Face(
        FaceKind.PAUSED if rests else FaceKind.IDLE,
        _rest_title(account, rests=rests),
        said if ends or not rests else hint,
        advice or words.last_of(account, now),
        account=_name(account, several=several),
        found=open_orders if account.open_orders else "",
        offers=(*first, Offer.SYNC, Offer.ORDERS),
    )


def _rest_title(account: AccountState, *, rests: bool) -> str:
    if not rests:
        return translate("GlowCard", "Work order sync")
    if account.switched_off:
        return translate("GlowCard", "Syncing is switched off")
    return translate("GlowCard", "Syncing is paused")
