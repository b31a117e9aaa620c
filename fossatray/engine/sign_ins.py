"""May this account sign in now? Counted before the password goes out, so that the portal is never asked too often.

A refusal stops the account until its credentials change. A sign-in whose answer nobody saw (the program or the scrape
was killed in the middle) may have been a refusal: two of them in a row are taken for one.

That the portal locked the sign-in is a failure, not a refusal: the account is not stopped, but no planned run signs in
for an hour (see planner).
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from fossatray.core.accounts import Account
from fossatray.core.errors import FossaError, SignInLimit, SignInRefused
from fossatray.core.messages import SignInAnswer, SignInResult
from fossatray.core.secret import Secret
from fossatray.engine.parts import EngineParts
from fossatray.store.store import Store

log = logging.getLogger("fossatray.engine.sign_in")

HOUR = timedelta(hours=1)
UNRESOLVED_LIMIT = 2
UNSEEN = "The last two sign-ins were cut off before the portal's answer was seen, so they count as refused."


def forget_unseen(store: Store, account_id: str, now: datetime) -> None:
    """Begin a new row of sign-ins: those that were cut off have had their consequence, or the credentials are new."""
    if store.sign_ins.unresolved(account_id):
        store.sign_ins.end(store.sign_ins.begin(account_id, now), "unclear")


class SignInGate:
    """Guards the sign-ins of one run. A `password` given for this run alone takes the place of the stored one."""

    def __init__(self, parts: EngineParts, store: Store, account: Account, password: Secret | None = None) -> None:
        self._parts = parts
        self._store = store
        self._account = account
        self._password = password
        self._open: int | None = None

    @property
    def held_password(self) -> Secret | None:
        """The password, if the engine holds it; else the scrape reads the keyring."""
        return self._password or self._parts.credentials.session_password(self._account.id, self._account.origin)

    def check_blocked(self) -> None:
        """Raise SignInRefused, as it was said, for an account whose credentials were refused and not changed since."""
        blocked = self._store.accounts.blocked(self._account.id)
        if blocked is not None:
            raise SignInRefused(blocked.message, advice=blocked.advice)

    def ask(self) -> SignInAnswer:
        """Count a sign-in and allow it; with the password if the engine holds it.

        Raises SignInLimit for one too many in an hour, SignInRefused after two whose answers were not seen.
        """
        account_id, now = self._account.id, self._parts.clock()
        if self._password is None and self._store.sign_ins.unresolved(account_id) >= UNRESOLVED_LIMIT:
            forget_unseen(self._store, account_id, now)
            error = SignInRefused(UNSEEN)
            self.refused(error)
            raise error
        if self._store.sign_ins.count_since(account_id, now - HOUR, now) >= self._parts.limits.sign_ins_an_hour:
            raise SignInLimit
        self._open = self._store.sign_ins.begin(account_id, now)
        return SignInAnswer(True, self.held_password)

    def answered(self, result: SignInResult) -> None:
        """Note what the portal made of it. A refusal blocks the account."""
        self._resolve(result)
        if result == "refused":
            self.refused(SignInRefused())

    def refused(self, error: FossaError) -> None:
        """Stop the account until its credentials change, over restarts; not for a password of this run alone."""
        self._resolve("refused")
        if self._password is not None:
            return
        log.warning("sign-ins of an account are stopped: %s", error.kind)
        self._store.accounts.block(self._account.id, error.info())

    def given_up(self) -> None:
        """Note that a run ended in order in the middle of a sign-in: it does not count as one that was cut off."""
        self._resolve("unclear")

    def _resolve(self, result: SignInResult) -> None:
        if self._open is not None:
            self._store.sign_ins.end(self._open, result)
            self._open = None
