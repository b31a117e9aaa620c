"""Which dialog tells of what: a crash that the engine recovers from has its own, and no second one beside it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import QObject

from fossatray.app.troubles import Troubles
from fossatray.app.windows import Windows
from fossatray.core.errors import FossaError, StoreBusy
from fossatray.engine.engine import EngineCrashed, EngineRestarts
from fossatray.system.paths import app_paths


class Shown:
    """Windows that note what they are asked to show."""

    def __init__(self) -> None:
        self.complaints: list[str] = []
        self.crashes: list[str] = []

    def complain(self, error: FossaError) -> None:
        self.complaints.append(error.kind)

    def show_crash(self, trace: str) -> None:
        self.crashes.append(trace)


@pytest.fixture
def owner(qapp: QObject) -> Iterator[QObject]:
    made = QObject()
    yield made
    made.deleteLater()


def test_the_first_crash_is_told_by_its_own_dialog_alone_and_the_last_one_says_what_to_do(
    owner: QObject, tmp_path: Path
) -> None:
    shown = Shown()
    troubles = Troubles(app_paths(tmp_path), lambda: cast("Windows", shown), lambda: None, owner)
    troubles.tell_fault(EngineRestarts().info())
    troubles.show_crash("the trace")
    assert (shown.complaints, shown.crashes) == ([], ["the trace"])
    troubles.tell_fault(None)
    troubles.tell_fault(EngineCrashed().info())
    troubles.tell_fault(StoreBusy().info())
    assert shown.complaints == ["engine_crashed", "store_busy"]
