"""Makes the engine with its collaborators. Imported after the icon is shown: it brings the store and the scheduler."""

from __future__ import annotations

from PySide6.QtCore import QObject

from fossatray.app.cleanup import CleanUp
from fossatray.engine.engine import Engine
from fossatray.engine.network_probe import wait_for_network
from fossatray.engine.parts import EngineParts
from fossatray.store.store import Store
from fossatray.system.battery import platform_battery
from fossatray.system.clock import local_zone, utc_now
from fossatray.system.credentials_client import CredentialStore, KeyringCredentialStore, SessionOverlay
from fossatray.system.logs import detail_log
from fossatray.system.network import platform_network
from fossatray.system.paths import Paths
from fossatray.system.power import platform_sleep_watch
from fossatray.system.time_change import platform_time_change_watch
from fossatray.ui.words_qt import make_words

_LOCK_WAIT_SECONDS = 1200.0
"""A headless sync may hold the data folder; the program waits for its end (15 minutes at most, and some)."""


def make_engine(paths: Paths, credentials: CredentialStore | None, parent: QObject, clean_up: CleanUp) -> Engine:
    """Return the engine of a tray program, not yet started; what it hears of the desktop ends with `clean_up`."""
    network = platform_network(parent)
    clean_up.add(network.close)
    parts = EngineParts(
        open_store=lambda: Store.open(paths.database, paths.lock, paths.backups),
        lock_wait_s=_LOCK_WAIT_SECONDS,
        credentials=credentials or SessionOverlay(KeyringCredentialStore()),
        runs_folder=paths.runs,
        own_profile=paths.own_profile,
        clock=utc_now,
        zone=local_zone,
        words=make_words,
        detail_log=detail_log,
        network=network,
        wait_for_network=lambda origin: wait_for_network(origin, network.reachable),
        battery=platform_battery(),
    )
    engine = Engine(parts, parent)
    sleep_watch = platform_sleep_watch(parent)
    clean_up.add(sleep_watch.close)
    sleep_watch.woke_up.connect(engine.wake_up)
    time_watch = platform_time_change_watch(parent)
    clean_up.add(time_watch.close)
    time_watch.time_changed.connect(engine.wake_up)
    return engine
