"""The sessions kept between runs: given to a scrape, kept after it, and forgotten with what they rest on.

What is kept is sealed, and the engine never has the key: that lies in the keyring, and where there is none, nothing is
kept.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import replace

from fossatray.core.accounts import Account
from fossatray.core.errors import CredentialsError, NotFound, StoreError
from fossatray.core.messages import ScrapeRequest
from fossatray.engine.jobs import RUN_JOBS
from fossatray.engine.parts import EngineParts
from fossatray.store.store import Store

log = logging.getLogger("fossatray.engine.session")


def with_session(store: Store, request: ScrapeRequest) -> ScrapeRequest:
    """Return the request with the kept session, and whether one may be kept again.

    A test of the sign-in uses none, nor does a run whose password is not in the keyring.
    """
    if request.job not in RUN_JOBS or request.password_from != "keyring" or not _is_wanted(store):  # noqa: S105 - where
        return request
    kept = store.sessions.get(request.account_id, request.origin)
    return replace(request, session=kept, keep_session=True)


def keep_session(parts: EngineParts, store: Store, account: Account, sealed: str) -> None:
    """Keep the session of a run that read all it was asked for; that this is not possible hinders nothing."""
    if not _is_wanted(store):
        return
    try:
        store.sessions.keep(account.id, account.origin, sealed, parts.clock())
    except (StoreError, NotFound) as error:
        log.warning("the session is not kept: %s", error.message)


async def forget_session(parts: EngineParts, store: Store, account: Account, *, by_person: bool = False) -> None:
    """Forget an account's session and its key. The keyring is asked only if one was kept, or a person wants it."""
    if store.sessions.forget(account.id) or by_person:
        await _forget_keys(parts, [account])


async def forget_all_sessions(parts: EngineParts, store: Store) -> None:
    """Forget every session and its key."""
    kept = set(store.sessions.forget_all())
    await _forget_keys(parts, [account for account in store.accounts.all() if account.id in kept])


async def _forget_keys(parts: EngineParts, accounts: Iterable[Account]) -> None:
    """Delete keys; one that stays opens nothing that is kept."""
    for account in accounts:
        try:
            await parts.credentials.forget_session(account.id, account.origin)
        except CredentialsError as error:
            log.warning("the key of a session that is forgotten stays in the keyring: %s", error.kind)


def _is_wanted(store: Store) -> bool:
    return store.settings.get("keep_session") == "on"
