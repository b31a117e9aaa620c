"""The one family of errors that a person is told about: each with a title, advice, and whether trying again may help.

Foreign exceptions are turned into these once, at the boundary of the room that meets them. Anything that is not of this
family is a bug and reaches the crash dialog. `kind` is the stable public name that goes into the database and the
command line's JSON (`error_kind`); it is never renamed.
"""

from __future__ import annotations

from fossatray.core.error_base import ErrorInfo as ErrorInfo  # noqa: PLC0414 (passed on)
from fossatray.core.error_base import FossaError as FossaError  # noqa: PLC0414 (passed on)

# --- the portal -----------------------------------------------------------------------------------------------------


class PortalError(FossaError):
    """Anything between us and the portal."""

    kind = "portal"
    title = "The portal could not be read"


class PortalUnreachable(PortalError):
    """No connection: name not found, refused, reset, no network."""

    kind = "portal_unreachable"
    title = "The portal could not be reached"
    advice = "Check your internet connection. FossaTray tries again at the next sync."
    retryable = True


class PortalTimeout(PortalError):
    """The portal took longer than the limit for this step."""

    kind = "portal_timeout"
    title = "The portal is too slow"
    advice = "Nothing was lost. FossaTray tries again at the next sync."
    retryable = True


class PortalServerError(PortalError):
    """The portal answered with an HTTP status of 500 or above."""

    kind = "portal_server_error"
    title = "The portal has a problem"
    advice = "The fault is on the portal's side. FossaTray tries again at the next sync."
    retryable = True


class PortalMaintenance(PortalServerError):
    """The portal shows its maintenance page (HTTP 503)."""

    kind = "portal_maintenance"
    title = "The portal is down for maintenance"
    advice = "Wait until the portal is back. FossaTray tries again at the next sync."


class CertificateInvalid(PortalError):
    """The portal's TLS certificate is not trusted; never ignored."""

    kind = "certificate_invalid"
    title = "The portal's certificate is not valid"
    advice = "Check the portal address in Settings and this computer's clock. Do not sign in through this network."


class LayoutChanged(PortalError):
    """The page was there, but not as the portal profile describes it."""

    kind = "layout_changed"
    title = "The portal's pages have changed"
    advice = "Your data are kept as they were. Look for an update of FossaTray."


class ListIncomplete(PortalError):
    """The list was read but could not be proved complete (shifted, rows missing, count differs)."""

    kind = "list_incomplete"
    title = "The work list could not be read completely"
    advice = "Your data are kept as they were. Sync again in a few minutes."
    retryable = True


class DispensersIncomplete(PortalError):
    """A site's dispensers were read, but there are not as many as the portal counts."""

    kind = "dispensers_incomplete"
    title = "The dispensers could not be read completely"
    advice = "What was known of this site is kept. FossaTray tries again at the next sync."
    retryable = True


class LocationGone(PortalError):
    """The portal says that a site was not found: it may have been deleted."""

    kind = "location_gone"
    title = "This site is no longer in the portal"
    advice = "Look at the work order in the portal. What was known of the site is kept."


class LocationDenied(PortalError):
    """The portal does not let this account see a site."""

    kind = "location_denied"
    title = "The portal does not show you this site"
    advice = "Ask your office for access to this site in the portal. What was known of it is kept."


class AskedTooOften(PortalError):
    """The portal asks to be left alone (HTTP 429, or 503 with Retry-After), for longer than the run may wait."""

    kind = "asked_too_often"
    title = "The portal was asked too often"
    advice = "Wait a while. FossaTray tries again at the next sync."
    retryable = True


class EmptyNotBelieved(PortalError):
    """The list shows no rows, but nothing proves that it is empty."""

    kind = "empty_not_believed"
    title = "The work list looks empty, not believed"
    advice = 'Look at the portal. If you really have no open orders, choose "My list really is empty" in History.'


class SignInRefused(PortalError):
    """The portal refused the user name and password."""

    kind = "sign_in_refused"
    title = "The portal refused the sign-in"
    advice = "Check the user name and password in Settings. Syncing stops until you change them, to avoid a lock-out."


class SignInLocked(PortalError):
    """The portal says that there were too many sign-ins."""

    kind = "sign_in_locked"
    title = "The portal has locked the sign-in for a while"
    advice = "Wait some minutes, then sign in on the portal's own page to see that it works, and sync again."


class SignInUnclear(PortalError):
    """After the sign-in there was neither a page of the portal nor a refusal."""

    kind = "sign_in_unclear"
    title = "The sign-in had no clear result"
    advice = "Sign in on the portal's own page to see what it asks for, then sync again."
    retryable = True


class SignInFormUnsafe(PortalError):
    """The sign-in form is not on the portal's own origin, or would send the password elsewhere."""

    kind = "sign_in_form_unsafe"
    title = "The sign-in page is not safe"
    advice = "The password was not entered. Check the portal address in Settings."


class SignInLimit(PortalError):
    """More sign-ins than allowed in an hour; nothing was sent."""

    kind = "sign_in_limit"
    title = "Too many sign-ins in an hour"
    advice = "FossaTray signs in at most 12 times an hour, to avoid a lock-out. Wait, then sync again."


class SessionLost(PortalError):
    """The portal ended the session in mid-run, again after it was renewed once."""

    kind = "session_lost"
    title = "The portal ended the session"
    advice = "Nothing was lost. FossaTray tries again at the next sync."
    retryable = True


# --- the browser and the scrape process -----------------------------------------------------------------------------


class BrowserError(FossaError):
    """Anything about the browser that reads the portal."""

    kind = "browser"
    title = "The browser did not work"


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
