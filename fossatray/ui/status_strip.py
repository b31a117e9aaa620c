"""The strip at the top of the window: the state in picture and words, and the button that fits it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from fossatray.core.health import Health
from fossatray.core.status import AppState
from fossatray.core.text import capital
from fossatray.core.words import Words
from fossatray.ui.icons import state_pixmap
from fossatray.ui.labels import PlainLabel

_PICTURE = 28


class StatusStrip(QFrame):
    """Shows the state.

    Signals:
        sync_requested, cancel_requested, resume_requested: the button was pressed.
    """

    sync_requested = Signal()
    cancel_requested = Signal()
    resume_requested = Signal()

    def __init__(self, words: Words, now: Callable[[], datetime], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words, self._now = words, now
        self._health: tuple[Health, float] | None = None
        self._is_syncing = False
        self.setFrameShape(QFrame.Shape.StyledPanel)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self._picture = QLabel()
        self._picture.setFixedSize(_PICTURE, _PICTURE)
        self._sentence = PlainLabel()
        font = self._sentence.font()
        font.setPointSizeF(font.pointSizeF() + 1)
        font.setBold(True)
        self._sentence.setFont(font)
        self._detail = PlainLabel()
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(6)
        self._bar.setAccessibleName(self.tr("Progress"))
        self._sync = QPushButton(self.tr("Sync now"))
        self._sync.setAccessibleName(self.tr("Sync now"))
        self._sync.setToolTip(self.tr("Sync now (F5)"))
        self._cancel = QPushButton(self.tr("Cancel sync"))
        self._cancel.setAccessibleName(self.tr("Cancel sync"))
        self._resume = QPushButton(self.tr("Resume"))
        self._resume.setAccessibleName(self.tr("Resume"))
        self._resume.hide()
        self._sync.clicked.connect(self.sync_requested)
        self._resume.clicked.connect(self.resume_requested)
        self._cancel.clicked.connect(self.cancel_requested)
        text = QVBoxLayout()
        text.setSpacing(2)
        for part in (self._sentence, self._detail, self._bar):
            text.addWidget(part)
        row = QHBoxLayout(self)
        row.addWidget(self._picture)
        row.addLayout(text, 1)
        row.addWidget(self._resume)
        row.addWidget(self._sync)
        row.addWidget(self._cancel)

    @Slot(object)
    def show_state(self, state: AppState) -> None:
        """Show a state; what has not changed is not touched."""
        words, now, leading, install = self._words, self._now(), state.leading, state.browser_install
        syncing = leading is not None and leading.run is not None
        installs = state.is_installing and state.fault is None and not syncing
        if installs:
            sentence, detail = capital(words.sentence(state, now)), self.tr("This may take some minutes.")
        elif leading is not None and state.fault is None and not syncing:
            advice = "" if leading.switched_off else words.advice(leading)
            sentence, detail = words.next_sync(leading, now), advice or words.last_of(leading, now)
        elif leading is not None and leading.progress is not None and syncing:
            job = leading.run.job if leading.run is not None else ""
            sentence, detail = words.doing(leading), words.found(leading.progress.found, job)
        else:
            sentence, detail = words.sentence(state, now), ""
        self._show_health(state.health(), sentence)
        _set(self._sentence, sentence)
        _set(self._detail, detail)
        self._detail.setVisible(bool(detail))
        self._bar.setVisible(syncing or installs)
        progress = install if installs else leading.progress if leading is not None else None
        self._bar.setValue(progress.percentage if progress is not None else 0)
        self._sync.setVisible(not syncing)
        self._sync.setEnabled(leading is not None and state.fault is None)
        self._cancel.setVisible(syncing)
        rests = leading is not None and (leading.paused or leading.switched_off)
        self._resume.setVisible(rests and state.fault is None and not syncing)

    def _show_health(self, health: Health, sentence: str) -> None:
        key = (health, self.devicePixelRatioF())
        if key != self._health:
            self._health = key
            self._picture.setPixmap(state_pixmap(health, _PICTURE, key[1]))
        self._picture.setAccessibleName(self.tr("State: {sentence}").format(sentence=sentence))


def _set(label: PlainLabel, text: str) -> None:
    if label.text() != text:
        label.setText(text)
