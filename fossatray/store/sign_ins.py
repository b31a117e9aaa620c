"""Sign-ins, counted before the password is sent, so that a kill in between cannot hide one from the limit."""

from __future__ import annotations

from datetime import datetime

from fossatray.core.errors import NotFound
from fossatray.store.convert import to_ms
from fossatray.store.database import Database
from fossatray.store.errors import store_errors
from fossatray.store.models import SignInRow

SENT = "sent"


class SignIns:
    """The sign-ins of all accounts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @store_errors()
    def begin(self, account_id: str, at: datetime) -> int:
        """Keep a sign-in whose password is about to be sent; committed when this returns. Return its id.

        Raises RuntimeError inside `atomic()`, where it could not be committed: a bug.
        """
        if self._database.in_transaction:
            raise RuntimeError("a sign-in must be committed before the password is sent")
        sign_in: int = SignInRow.insert(account_id=account_id, at=to_ms(at), result=SENT).execute()
        return sign_in

    @store_errors()
    def end(self, sign_in_id: int, result: str) -> None:
        """Keep how a sign-in ended: "accepted", "refused", "locked" or "unclear". Raises NotFound."""
        if not SignInRow.update(result=result).where(SignInRow.id == sign_in_id).execute():
            raise NotFound("There is no such sign-in.")

    @store_errors()
    def count_since(self, account_id: str, since: datetime, now: datetime) -> int:
        """Return how many sign-ins an account has had from a moment until now, whatever became of them.

        Those of a later time are from before the clock was set back, and do not count.
        """
        asked = (SignInRow.account_id == account_id) & SignInRow.at.between(to_ms(since), to_ms(now))
        return int(SignInRow.select().where(asked).count())

    @store_errors()
    def unresolved(self, account_id: str) -> int:
        """Return how many of an account's sign-ins since the last with a known end were left without one by a kill."""
        count = 0
        rows = SignInRow.select(SignInRow.result).where(SignInRow.account_id == account_id)
        for (result,) in rows.order_by(SignInRow.at.desc(), SignInRow.id.desc()).tuples().iterator():
            if result != SENT:
                break
            count += 1
        return count
