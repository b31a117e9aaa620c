"""Whether a keyring on D-Bus is there and open, found out without making it ask anything.

With a locked gnome-keyring a read hangs behind a modal prompt, and with no Secret Service it can hang, too: so this is
asked first, with a deadline for each question.
"""

from __future__ import annotations

import os
from enum import StrEnum

from fossatray.core.errors import KeyringTimeout
from fossatray.system.dbus_wire import BlockingBus, BusAbsent, CallFailed

SECRETS = "org.freedesktop.secrets"
_SERVICE_PATH = "/org/freedesktop/secrets"
_DEFAULT_COLLECTION = "/org/freedesktop/secrets/aliases/default"
_SERVICE = "org.freedesktop.Secret.Service"
_COLLECTION = "org.freedesktop.Secret.Collection"
_ITEM = "org.freedesktop.Secret.Item"
_NOT_THERE = frozenset(
    {
        "org.freedesktop.DBus.Error.ServiceUnknown",
        "org.freedesktop.DBus.Error.NameHasNoOwner",
        "org.freedesktop.DBus.Error.Spawn.ExecFailed",
        "org.freedesktop.DBus.Error.Spawn.ChildExited",
        "org.freedesktop.DBus.Error.Spawn.ServiceNotFound",
        "org.freedesktop.DBus.Error.Disconnected",
    }
)


class KeyringState(StrEnum):
    """What can be said of a keyring without asking it for a password."""

    OK = "ok"
    LOCKED = "locked"
    ABSENT = "absent"


class Held(StrEnum):
    """What a Secret Service says of one password: it holds it, it holds none, or it would have to ask first."""

    YES = "yes"
    NO = "no"
    LOCKED = "locked"


def secret_service_state(*, timeout_s: float = 5.0) -> KeyringState:
    """Return the state of the Secret Service's default collection. Raises KeyringTimeout."""
    try:
        with BlockingBus() as bus:
            if not bus.reachable(SECRETS, timeout_s=timeout_s):
                return KeyringState.ABSENT
            locked = _is_locked(bus, timeout_s)
    except BusAbsent:
        return KeyringState.ABSENT
    except TimeoutError:
        raise KeyringTimeout from None
    except CallFailed as error:
        return KeyringState.ABSENT if error.name in _NOT_THERE else KeyringState.OK
    return KeyringState.LOCKED if locked else KeyringState.OK


def _is_locked(bus: BlockingBus, timeout_s: float) -> bool:
    """Tell whether the default collection is locked; where there is none, whether any other one is.

    KWallet may show no default collection while its wallet is closed. With no collection at all nothing can be
    unlocked: one is made, with a prompt, at the first password.
    """
    try:
        return bool(bus.get_property(SECRETS, _DEFAULT_COLLECTION, _COLLECTION, "Locked", timeout_s=timeout_s))
    except CallFailed as error:
        if error.name in _NOT_THERE:
            raise
    paths = bus.get_property(SECRETS, _SERVICE_PATH, _SERVICE, "Collections", timeout_s=timeout_s)
    return any(bus.get_property(SECRETS, path, _COLLECTION, "Locked", timeout_s=timeout_s) for path in paths)


def secret_service_holds(attributes: dict[str, str], *, timeout_s: float = 5.0) -> Held:
    """Tell whether the Secret Service holds an item with these attributes that it would hand out unasked.

    Raises KeyringTimeout. A service that does not answer the question counts as holding none.
    """
    target = (SECRETS, _DEFAULT_COLLECTION, _COLLECTION)
    try:
        with BlockingBus() as bus:
            (items,) = bus.call(target, "SearchItems", "a{ss}", attributes, timeout_s=timeout_s)
            if not items:
                return Held.NO
            locked = bus.get_property(SECRETS, items[0], _ITEM, "Locked", timeout_s=timeout_s)
    except (BusAbsent, CallFailed):
        return Held.NO
    except TimeoutError:
        raise KeyringTimeout from None
    return Held.LOCKED if locked else Held.YES


def has_session_bus() -> bool:
    """Tell whether there is an address of a session bus at all."""
    return bool(os.environ.get("DBUS_SESSION_BUS_ADDRESS"))
