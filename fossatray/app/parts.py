"""Makes the engine with its collaborators. Imported after the icon is shown: it brings the store and the scheduler."""

from __future__ import annotations

from PySide6.QtCore import QObject

from fossatray.engine.engine import Engine
from fossatray.engine.parts import EngineParts
from fossatray.store.store import Store
from fossatray.system.clock import local_zone, utc_now
from fossatray.system.credentials_client import CredentialStore, KeyringCredentialStore, SessionOverlay
from fossatray.system.logs import detail_log
from fossatray.system.paths import Paths
from fossatray.ui.words_qt import make_words

_LOCK_WAIT_SECONDS = 1200.0
"""A headless sync may hold the data folder; the program waits for its end (15 minutes at most, and some)."""


def make_engine(paths: Paths, credentials: CredentialStore | None, parent: QObject) -> Engine:
    """Return the engine of a tray program, not yet started."""
    parts = EngineParts(
        open_store=lambda: Store.open(paths.database, paths.lock, paths.backups),
        lock_wait_s=_LOCK_WAIT_SECONDS,
        credentials=credentials or SessionOverlay(KeyringCredentialStore()),
        runs_folder=paths.runs,
        clock=utc_now,
        zone=local_zone,
        words=make_words,
        detail_log=detail_log,
    )
    return Engine(parts, parent)
