"""The private desktop's keyring, asked over the Secret Service: whether it is locked, and locking it."""

from __future__ import annotations

from tests.private_desktop.bus import Bus, Place
from tests.private_desktop.tools import DesktopError, wait_until

SECRETS = "org.freedesktop.secrets"
SERVICE = Place(SECRETS, "/org/freedesktop/secrets", "org.freedesktop.Secret.Service")
COLLECTION = "org.freedesktop.Secret.Collection"


def keyrings(bus: Bus) -> list[str]:
    """Return the object paths of the keyrings that are kept on disk."""
    return [path for path in bus.get(SERVICE, "Collections") if not path.endswith("/session")]


def is_locked(bus: Bus) -> bool:
    """Return whether every keyring is locked."""
    return all(bus.get(Place(SECRETS, path, COLLECTION), "Locked") for path in keyrings(bus))


def lock_all_keyrings(bus: Bus) -> None:
    """Lock every keyring; raises DesktopError when there is none or one stays open."""
    found = wait_until(lambda: keyrings(bus), 30, "the login keyring")
    locked, prompt = bus.call(SERVICE, "Lock", "ao", found)
    if prompt != "/" or not is_locked(bus):
        raise DesktopError(f"the keyrings {found} did not lock; only {locked} did")
