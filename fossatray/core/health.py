"""What the tray icon shows; alone here, since the icon is there before anything else is loaded."""

from __future__ import annotations

from enum import StrEnum


class Health(StrEnum):
    """What the tray icon shows, by shape as well as colour."""

    HEALTHY = "healthy"
    SYNCING = "syncing"
    FAILED = "failed"
    PAUSED = "paused"
    SWITCHED_OFF = "switched_off"
    NOT_SET_UP = "not_set_up"
