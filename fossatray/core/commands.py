"""The commands that the engine takes, from any thread: tray, windows and command line give the same ones.

Each names what comes back (the result of the Future that `submit` returns); failures come back as FossaError.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from fossatray.core.runs import Trigger
from fossatray.core.schedules import Schedule
from fossatray.core.secret import Secret


@dataclass(frozen=True, slots=True)
class SyncNow:
    """Start a sync of one account, or of all. Result: list of run ids; a run under way is joined, not doubled.

    `fresh_password` says that the person has just typed the password: a refusal of an earlier one is forgotten first.
    `job` is "work_orders" or "dispensers"; with `force` also the dispensers that were read lately are read. `believe`
    says that the portal truly shows less than before (core.no_longer_shown). An account that is doing another job is
    left out; Busy if that is every one.
    """

    account_id: str | None = None
    trigger: Trigger = Trigger.MANUAL
    fresh_password: bool = False
    job: str = "work_orders"
    force: bool = False
    believe: bool = False


SESSION_ENDED = "the session ended"
"""The reason of a run that was cancelled because the desktop session ended."""


@dataclass(frozen=True, slots=True)
class Cancel:
    """Cancel the running sync of one account, or of all. Result: number of runs cancelled (after they have ended).

    `reason` is what the history says; None where the person asked for it.
    """

    account_id: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class SaveAccount:
    """Add an account (no `account_id`) or change one, with its password if given. Result: Account.

    `session_only` keeps the password in memory until the program ends, after the person agreed (no keyring there).
    """

    name: str
    portal: str
    username: str
    account_id: str | None = None
    password: Secret | None = field(default=None, repr=False)
    session_only: bool = False


@dataclass(frozen=True, slots=True)
class CredentialsChanged:
    """Say that the account's password was changed in the keyring from outside: forget a refusal. Result: None."""

    account_id: str


@dataclass(frozen=True, slots=True)
class CheckPassword:
    """Ask whether a password is stored, without getting it. Result: a CredentialState such as "present"."""

    account_id: str


@dataclass(frozen=True, slots=True)
class RemoveAccount:
    """Remove an account with its schedules, history, orders and stored password.

    Result: None, or a sentence for the person where the account is gone and its password had to stay in the keyring.
    """

    account_id: str


@dataclass(frozen=True, slots=True)
class ForgetSession:
    """Forget the signed-in session that is kept of an account; its sync under way is ended. Result: None."""

    account_id: str


@dataclass(frozen=True, slots=True)
class TestSignIn:
    """Sign in to the portal once and out of it again, reading nothing. Result: None; a refusal comes as its error.

    Success lifts a refusal; a refusal stops the account. A `password` is used for this one sign-in instead of the
    stored one and kept nowhere; its refusal says nothing of the stored one, and stops nothing.
    """

    __test__ = False

    account_id: str
    password: Secret | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class CheckPortal:
    """Hold a portal profile beside the live portal, step by step, and sync nothing. Result: list of PortalStep.

    `profile` is the path of a profile's file; None: the one that syncs use. A `password` is used for this once instead
    of the stored one and kept nowhere. An account whose sign-in was refused stays refused.
    """

    account_id: str
    profile: str | None = None
    password: Secret | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class SaveSchedule:
    """Change a schedule, or add one (its id is 0 then); everything that shows it follows at once. Result: Schedule.

    Whether a schedule that is there already rests stays as it is kept, whatever `schedule` says: to pause and to resume
    are commands of their own. With `pauses` its `paused_until` and `enabled` are meant, too.
    """

    schedule: Schedule
    pauses: bool = False


@dataclass(frozen=True, slots=True)
class RemoveSchedule:
    """Remove a schedule; what it ran, skipped and missed stays in the history. Result: None.

    One that another runs after is refused.
    """

    schedule_id: int


@dataclass(frozen=True, slots=True)
class PauseSchedule:
    """Pause one schedule until a moment (aware), or until it is resumed. Result: None."""

    schedule_id: int
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class ResumeSchedule:
    """Resume one schedule, also one that was switched off after failures. Result: None."""

    schedule_id: int


@dataclass(frozen=True, slots=True)
class Pause:
    """Pause all schedules of one account, or of all. Result: None."""

    account_id: str | None = None


@dataclass(frozen=True, slots=True)
class Resume:
    """Resume all schedules of one account, or of all. Result: None."""

    account_id: str | None = None


@dataclass(frozen=True, slots=True)
class AcceptEmptyList:
    """Believe the empty list of a failed run once, remember its sign, and sync again. Result: list of run ids."""

    run_id: int


@dataclass(frozen=True, slots=True)
class InstallBrowser:
    """Install a browser with Playwright's own installer; an installation under way is joined, not doubled.

    Result: list of the ids of the runs that begin then: the accounts whose last sync failed for want of a browser sync
    again, unless `sync_again` is off. Failures come as BrowserInstallFailed.
    """

    sync_again: bool = True


@dataclass(frozen=True, slots=True)
class CancelInstall:
    """Cancel the installation of a browser. Result: number cancelled (0 or 1), after its processes have ended.

    Whoever waits for the installation gets BrowserInstallCancelled.
    """


@dataclass(frozen=True, slots=True)
class SaveSettings:
    """Store settings by name (see store.settings). Result: None."""

    values: dict[str, str]


@dataclass(frozen=True, slots=True)
class DeleteEvidence:
    """Delete the evidence kept of one failed run, or of all. Result: of how many runs there was some."""

    run_id: int | None = None


@dataclass(frozen=True, slots=True)
class BeginToNotify:
    """Say that a run's notice is on its way: it is handed to the desktop next. Result: None.

    After an end of the program between this and MarkNotified the notice is in doubt (see system.notifications_dbus).
    """

    run_id: int


@dataclass(frozen=True, slots=True)
class MarkNotified:
    """Say that the desktop has taken a run's notice, or that it was seen in the program. Result: None."""

    run_id: int


@dataclass(frozen=True, slots=True)
class MarkSilenceNotified:
    """Say the same of the notice that an account has had no successful sync for too long. Result: None."""

    account_id: str


@dataclass(frozen=True, slots=True)
class GetState:
    """Ask for the present state. Result: AppState."""


Command = (
    SyncNow
    | Cancel
    | SaveAccount
    | CredentialsChanged
    | CheckPassword
    | RemoveAccount
    | ForgetSession
    | TestSignIn
    | CheckPortal
    | SaveSchedule
    | RemoveSchedule
    | PauseSchedule
    | ResumeSchedule
    | Pause
    | Resume
    | AcceptEmptyList
    | InstallBrowser
    | CancelInstall
    | SaveSettings
    | DeleteEvidence
    | BeginToNotify
    | MarkNotified
    | MarkSilenceNotified
    | GetState
)
