"""What is said through the desktop's notification service: plain facts, shown by whatever the desktop offers."""

from __future__ import annotations

from dataclasses import dataclass

KINDS = ("batch", "failure", "recovery", "test", "info")
"""One notice of a kind and account is on the screen at a time: the next one replaces it."""

TARGETS = ("orders", "dispensers", "history", "settings", "card")
"""What a click opens."""


NO_RUN = 0
"""What stands for the run of a notice that speaks of none: that an account has been silent for too long."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice: `id` (of the row it was made from), `title` and `body` as plain text, `kind` and `target` as above.

    `account_id` is whom it speaks of, empty where it speaks of none.

    `title` and `body` may hold text of the portal: whoever shows them escapes what has to be escaped. One that
    `is_in_doubt` was on its way when an earlier life of the program ended: perhaps the desktop has shown it. Raises
    ValueError for a kind or target that does not exist.
    """

    id: str
    title: str
    body: str
    kind: str
    target: str
    urgent: bool = False
    is_in_doubt: bool = False
    account_id: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no such kind of notice: {self.kind}")
        if self.target not in TARGETS:
            raise ValueError(f"no such target of a notice: {self.target}")

    def outdates(self, earlier: Notice) -> bool:
        """Tell whether an earlier notice that nobody has seen need not be seen any more.

        That is a failure, once there is newer word of its account, and a recovery that brought nothing else.
        """
        if earlier.account_id != self.account_id or self.kind not in ("batch", "failure", "recovery"):
            return False
        if earlier.kind == "failure":
            return True
        return earlier.kind == "recovery" and not earlier.body and self.kind != "batch"

    @property
    def slot(self) -> str:
        """The place on the screen: a notice takes that of an earlier one of its kind and account.

        A failure and the recovery from it have one place.
        """
        return f"{'failure' if self.kind == 'recovery' else self.kind} {self.account_id}"
