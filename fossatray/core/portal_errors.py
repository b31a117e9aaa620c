"""The errors between us and the portal; part of the family in fossatray.core.errors, which passes them on."""

from __future__ import annotations

from fossatray.core.error_base import FossaError


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


class PortalAnswerBroken(PortalError):
    """The portal answers as no page does: redirects in a circle, nothing at all, headers or a body out of order."""

    kind = "portal_answer_broken"
    title = "The portal's answer could not be used"
    advice = (
        "Nothing was lost. FossaTray tries again at the next sync. If it happens again, open the portal in your own "
        "browser to see whether it works there."
    )
    retryable = True


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


class SignInPageMissing(LayoutChanged):
    """Something else came instead of the sign-in form: the sign-in page of a network, or the browser's own question."""

    kind = "sign_in_page_missing"
    title = "The portal's sign-in page did not come"
    advice = (
        "Open the portal in your own browser. If this network asks for a sign-in first, do that, then sync again; if "
        "the portal does, ask your office. If neither does, look for an update of FossaTray."
    )


class NoLongerShown(LayoutChanged):
    """The page was read, but lacks what it showed of nearly all orders or dispensers before."""

    kind = "no_longer_shown"
    title = "The portal no longer shows what it showed"
    advice = (
        "Your data are kept as they were. To see what has changed, run: fossatray portal check. If the portal really "
        "has no more to show, say so in History, or sync with --believe."
    )


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


class LocationBusy(AskedTooOften):
    """The portal asks to be left alone at one site again and again, or for longer than the run may wait."""

    kind = "location_busy"
    title = "The portal keeps asking to wait at this site"
    advice = "What was known of this site is kept. FossaTray tries again at the next sync."
    retryable = True


class LedElsewhere(PortalError):
    """The portal led to another web site, which was not followed."""

    kind = "led_elsewhere"
    title = "The portal led to another web site"
    advice = "It was not followed. Check the portal address in Settings, and whether this network has its own sign-in."


class ListTooLong(PortalError):
    """The work list has more orders than are read."""

    kind = "list_too_long"
    title = "The work list is longer than FossaTray reads"
    advice = "Your data are kept as they were. Ask your office why so many orders are open for you."


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


class SignInElsewhere(PortalError):
    """The portal leaves its own pages for the sign-in, as for a single sign-on."""

    kind = "sign_in_elsewhere"
    title = "The portal wants the sign-in on another web site"
    advice = "FossaTray signs in on the portal's own page only. Ask your office for a password of the portal's own."


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
