"""The one family of errors that a person is told about: each with a title, advice, and whether trying again may help.

Foreign exceptions are turned into these once, at the boundary of the room that meets them. Anything that is not of this
family is a bug and reaches the crash dialog. `kind` is the stable public name that goes into the database and the
command line's JSON (`error_kind`); it is never renamed.
"""

from __future__ import annotations

from fossatray.core.error_base import ErrorInfo, FossaError
from fossatray.core.portal_errors import (
    AskedTooOften,
    CertificateInvalid,
    DispensersIncomplete,
    EmptyNotBelieved,
    LayoutChanged,
    LedElsewhere,
    ListIncomplete,
    ListTooLong,
    LocationBusy,
    LocationDenied,
    LocationGone,
    NoLongerShown,
    PortalAnswerBroken,
    PortalError,
    PortalMaintenance,
    PortalServerError,
    PortalTimeout,
    PortalUnreachable,
    SessionLost,
    SignInElsewhere,
    SignInFormUnsafe,
    SignInLimit,
    SignInLocked,
    SignInPageMissing,
    SignInRefused,
    SignInUnclear,
)

__all__ = [
    "AskedTooOften", "BrowserCrashed", "BrowserError", "BrowserInstallCancelled", "BrowserInstallFailed",
    "BrowserMissing", "BrowserSandbox", "BrowserStuck", "BrowserTooLarge", "Busy", "CertificateInvalid",
    "CredentialsError", "DispensersIncomplete", "EmptyNotBelieved", "ErrorInfo", "FossaError", "InvalidInput",
    "KeyringAbsent", "KeyringDenied", "KeyringLocked", "KeyringTimeout", "LayoutChanged", "LedElsewhere",
    "ListIncomplete", "ListTooLong", "LocationBusy", "LocationDenied", "LocationGone", "NoInstance", "NoLongerShown",
    "NotFound",
    "PasswordMissing", "PortalAnswerBroken", "PortalError", "PortalMaintenance", "PortalServerError",
    "PortalTimeout", "PortalUnreachable", "RunCancelled", "RunTimeout", "ScrapeProcessDied", "SessionLost",
    "SignInElsewhere", "SignInFormUnsafe", "SignInLimit", "SignInLocked", "SignInPageMissing", "SignInRefused",
    "SignInUnclear", "StoreBusy", "StoreDamaged", "StoreError", "StoreFull", "StoreTooNew", "StoreUnsuitable",
    "error_from_info", "error_kinds",
]  # fmt: skip

# --- the browser and the scrape process -----------------------------------------------------------------------------


class BrowserError(FossaError):
    """Anything about the browser that reads the portal."""

    kind = "browser"
    title = "The browser did not work"


class BrowserUndriven(BrowserError):
    """The program that drives the browser cannot be started."""

    kind = "browser_undriven"
    title = "The program that drives the browser could not be started"
    advice = "Run the set-up again: it names system libraries that are missing. The log says more."


class BrowserMissing(BrowserError):
    """No browser that can be started."""

    kind = "browser_missing"
    title = "No browser was found"
    advice = (
        'Choose "Install a browser" on the card or in History, or run: fossatray install-browser. Google Chrome,'
        " Microsoft Edge or Chromium will do, too."
    )


class BrowserInstallFailed(BrowserError):
    """A browser could not be installed; the message says why."""

    kind = "browser_install_failed"
    title = "The browser could not be installed"
    advice = "Install Google Chrome, Microsoft Edge or Chromium yourself, then sync again. The log says more."


class BrowserInstallCancelled(BrowserError):
    """The person cancelled the installation of a browser; not a failure."""

    kind = "browser_install_cancelled"
    title = "The installation of the browser was cancelled"
    advice = "What was downloaded is removed. Install the browser again whenever you like."


class BrowserSandbox(BrowserError):
    """A browser is there, but its sandbox cannot be used."""

    kind = "browser_sandbox"
    title = "The browser's sandbox does not work"
    advice = "Install the browser from your system's own packages. FossaTray does not run without the sandbox."


class BrowserCrashed(BrowserError):
    """The browser or its page ended in mid-run."""

    kind = "browser_crashed"
    title = "The browser ended unexpectedly"
    advice = "Nothing was lost. FossaTray tries again at the next sync."
    retryable = True


class BrowserStuck(BrowserCrashed):
    """The browser, or the page in it, no longer answers."""

    kind = "browser_stuck"
    title = "The browser no longer answered"
    advice = "Nothing was lost. FossaTray tries again at the next sync."
    retryable = True


class BrowserTooLarge(BrowserError):
    """The browser used more memory than a run may."""

    kind = "browser_too_large"
    title = "The browser used too much memory"
    advice = "Nothing was lost. Sync again later. If it happens again, look at the portal in your own browser."


class ScrapeProcessDied(BrowserError):
    """The scrape process ended without an answer, or answered nonsense."""

    kind = "scrape_process_died"
    title = "The reading process ended unexpectedly"
    advice = "Nothing was lost. Sync again. If it happens again, open the log from the menu."
    retryable = True


class RunTimeout(FossaError):
    """The whole run took longer than its limit."""

    kind = "run_timeout"
    title = "The sync took too long and was ended"
    advice = "Nothing was lost. FossaTray tries again at the next sync."
    retryable = True


class RunCancelled(FossaError):
    """The person cancelled the run; not a failure."""

    kind = "cancelled"
    title = "The sync was cancelled"
    advice = "Your data are kept as they were."


# --- passwords ------------------------------------------------------------------------------------------------------


class CredentialsError(FossaError):
    """Anything about the stored password."""

    kind = "credentials"
    title = "The password could not be read"


class PasswordMissing(CredentialsError):
    """The keyring works and holds no password for this account and portal."""

    kind = "password_missing"
    title = "No password is stored for this account"
    advice = "Enter the password in Settings."


class KeyringLocked(CredentialsError):
    """The keyring is there but locked."""

    kind = "keyring_locked"
    title = "The keyring is locked"
    advice = "Unlock your keyring (it normally opens when you log in), then sync again."
    retryable = True


class KeyringDenied(CredentialsError):
    """The keyring was asked and access was denied."""

    kind = "keyring_denied"
    title = "The keyring denied access"
    advice = "Allow FossaTray to read its password in your keyring program, then sync again."


class KeyringAbsent(CredentialsError):
    """No keyring service that keeps passwords safely."""

    kind = "keyring_absent"
    title = "No keyring was found"
    advice = (
        "Install and start a keyring (GNOME Keyring, or KWallet from 5.97 on), or keep the password for this session"
        " only."
    )


class KeyringTimeout(CredentialsError):
    """The keyring did not answer in time."""

    kind = "keyring_timeout"
    title = "The keyring did not answer"
    advice = "Look for an open password prompt, then sync again."
    retryable = True


# --- the store ------------------------------------------------------------------------------------------------------


class StoreError(FossaError):
    """Anything about the local database."""

    kind = "store"
    title = "The database could not be used"


class StoreBusy(StoreError):
    """Another FossaTray holds the data folder."""

    kind = "store_busy"
    title = "Another FossaTray uses this data folder"
    advice = "Quit the other FossaTray, or start this one with another --data-dir."


class StoreTooNew(StoreError):
    """The database was written by a newer FossaTray."""

    kind = "store_too_new"
    title = "The database is from a newer FossaTray"
    advice = "Update FossaTray, or start it with another --data-dir. The database was not touched."


class StoreDamaged(StoreError):
    """The database file is damaged."""

    kind = "store_damaged"
    title = "The database is damaged"
    advice = "Restore the newest backup when FossaTray offers it. The damaged file is kept."


class StoreFull(StoreError):
    """The disk is full."""

    kind = "store_full"
    title = "The disk is full"
    advice = "Free some space, then sync again. Nothing already saved was lost."


class StoreUnsuitable(StoreError):
    """The data folder cannot be used: another user's, read-only, or without write-ahead logging."""

    kind = "store_unsuitable"
    title = "The data folder cannot be used"
    advice = "Choose a folder of your own on a local disk with --data-dir."


class InvalidInput(FossaError):
    """What a person entered cannot be used; the message says which and why."""

    kind = "invalid_input"
    title = "This cannot be used"
    advice = "Correct the value and try again."


class NotFound(InvalidInput):
    """What was named is not there (an account, a run)."""

    kind = "not_found"
    title = "Not found"
    advice = "Check the name and try again."


class Busy(FossaError):
    """What is asked for must wait: something is under way for this account."""

    kind = "busy"
    title = "A sync is under way"
    advice = "Wait until it has ended, then try again."
    retryable = True


class NoInstance(FossaError):
    """No running FossaTray to talk to."""

    kind = "no_instance"
    title = "FossaTray is not running"
    advice = "Start FossaTray first."


def error_from_info(info: ErrorInfo) -> FossaError:
    """Rebuild an error that crossed a process boundary; an unknown kind becomes a plain FossaError."""
    return error_kinds().get(info.kind, FossaError)(info.message, advice=info.advice)


def error_kinds(base: type[FossaError] = FossaError) -> dict[str, type[FossaError]]:
    """Return every kind of the family (or of the part of it that begins at `base`) with its class."""
    found = {base.kind: base}
    for sub in base.__subclasses__():
        found |= error_kinds(sub)
    return found
