"""The schedules' part of the settings: a list of them, and what can be done with each. Every step is kept at once."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from fossatray.core.commands import Command, PauseSchedule, RemoveSchedule, ResumeSchedule
from fossatray.core.errors import FossaError, InvalidInput
from fossatray.core.health import Health
from fossatray.core.schedule_words import next_words, when_words
from fossatray.core.schedules import Schedule, free_name
from fossatray.core.status import AccountState, ScheduleState
from fossatray.ui.icons import state_pixmap
from fossatray.ui.labels import PlainLabel, plain_box
from fossatray.ui.schedule_dialog import ScheduleDialog
from fossatray.ui.schedule_pause import PauseDialog
from fossatray.ui.services import WindowServices
from fossatray.ui.settings_section import NotSaved, Saved, SettingsSection, Subject
from fossatray.ui.texts import error_text

_PICTURE = 24
_GAP = 2
_LINES = 7
"""So many lines of text the list is high at least: two schedules"""
_ID = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class _Line:
    """What the list shows of a schedule."""

    schedule_id: int
    text: str
    health: Health


class ScheduleSection(SettingsSection):
    """The schedules of one account: add, edit, remove, pause, resume. Nothing waits here for "Save"."""

    def __init__(self, services: WindowServices, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.setTitle(self.tr("Schedules"))
        self._services = services
        self._account: AccountState | None = None
        self._lines: list[_Line] = []
        self._editor: ScheduleDialog | None = None
        self._asked: frozenset[str] = frozenset()
        self._known: frozenset[str] = frozenset()
        self._list = QListWidget()
        self._list.setAccessibleName(self.tr("Schedules"))
        self._list.setWordWrap(True)
        self._list.setSpacing(_GAP)
        self._list.setIconSize(QSize(_PICTURE, _PICTURE))
        self._list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._list.setMinimumHeight(self.fontMetrics().lineSpacing() * _LINES)
        self._add = self._button(self.tr("Add…"), self.tr("Add a schedule"))
        self._edit = self._button(self.tr("Edit…"), self.tr("Edit the schedule"))
        self._pause = self._button(self.tr("Pause…"), self.tr("Pause the schedule until…"))
        self._resume = self._button(self.tr("Resume"), self.tr("Resume the schedule"))
        self._remove = self._button(self.tr("Remove…"), self.tr("Remove the schedule"))
        self._result = PlainLabel()
        self._result.setProperty("role", "error")
        self._lay_out()
        self._connect()

    def _button(self, text: str, name: str) -> QPushButton:
        button = QPushButton(text)
        button.setAccessibleName(name)
        button.setToolTip(name)
        return button

    def _lay_out(self) -> None:
        both = QWidget()
        row = QHBoxLayout(both)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._list, 1)
        side = QVBoxLayout()
        for button in (self._add, self._edit, self._pause, self._resume, self._remove):
            side.addWidget(button)
        side.addStretch(1)
        row.addLayout(side)
        self.form.addRow(both)
        self.form.addRow(self._result)
        self._result.hide()

    def _connect(self) -> None:
        self._list.currentRowChanged.connect(self._adjust_buttons)
        self._list.itemDoubleClicked.connect(self._on_edit)
        self._add.clicked.connect(self._on_add)
        self._edit.clicked.connect(self._on_edit)
        self._pause.clicked.connect(self._on_pause)
        self._resume.clicked.connect(self._on_resume)
        self._remove.clicked.connect(self._on_remove)
        self._on_key(Qt.Key.Key_Return, self._on_edit)
        self._on_key(Qt.Key.Key_Enter, self._on_edit)
        self._on_key(Qt.Key.Key_Delete, self._on_remove)

    def _on_key(self, key: Qt.Key, slot: object) -> None:
        """Let a key do something while the list has the focus."""
        shortcut = QShortcut(QKeySequence(key), self._list)
        shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
        shortcut.activated.connect(slot)

    # --- the contract ---------------------------------------------------------------------------------------------

    def load(self, subject: Subject) -> None:
        """Show the account's schedules."""
        self._say("")
        self.follow(subject.account)

    def follow(self, account: AccountState | None) -> None:
        """Show the schedules as they are now; what is selected stays selected, what has not changed untouched."""
        chosen = self._chosen_id() if _same(account, self._account) else None
        is_new = not _same(account, self._account)
        self._account = account
        self._look_places_up()
        lines = [_Line(state.schedule.id, self._text(state), _health(state)) for state in self._states()]
        if is_new or lines != self._lines:
            self._lines = lines
            self._fill(chosen)
        self._adjust_buttons()
        if self._editor is not None:
            self._editor.follow([state.schedule for state in self._states()])

    def _look_places_up(self) -> None:
        """Have the library of holidays loaded beside the GUI thread, where a schedule's words need it."""
        needed = frozenset(place for state in self._states() if (place := _place(state.schedule)))
        if needed - self._asked:
            self._asked |= needed
            self._services.beside(self, partial(_looked_up, self._asked), self._on_looked_up, _pass_on)

    def _on_looked_up(self, places: object) -> None:
        """The names are there: say them."""
        if isinstance(places, frozenset):
            self._known = places
            self.follow(self._account)

    def _fill(self, chosen: int | None) -> None:
        self._list.blockSignals(True)
        self._list.clear()
        for line in self._lines:
            item = QListWidgetItem(line.text)
            item.setIcon(state_pixmap(line.health, _PICTURE, self.devicePixelRatioF()))
            item.setData(_ID, line.schedule_id)
            self._list.addItem(item)
        if self._account is None:
            hint = QListWidgetItem(self.tr("Save the account first. It then syncs every hour; change that here."))
            hint.setFlags(Qt.ItemFlag.NoItemFlags)
            self._list.addItem(hint)
        else:
            ids = [line.schedule_id for line in self._lines]
            self._list.setCurrentRow(ids.index(chosen) if chosen in ids else 0)
        self._list.blockSignals(False)

    def is_changed(self) -> bool:
        """Tell that nothing waits to be stored: what is done here is kept at once."""
        return False

    def check(self) -> bool:
        """Tell that there is nothing wrong: the editor of a schedule checks what is typed there."""
        return True

    def save(self, account_id: str | None, saved: Saved, not_saved: NotSaved) -> None:
        """Go on: everything is kept."""
        saved(account_id)

    def restore_defaults(self) -> None:
        """Leave the schedules as they are: they are not typed here."""

    # --- the list -------------------------------------------------------------------------------------------------

    def _states(self) -> tuple[ScheduleState, ...]:
        return self._account.schedules if self._account is not None else ()

    def _chosen_id(self) -> int | None:
        found = self._list.currentIndex().data(_ID)
        return found if isinstance(found, int) else None

    def _chosen(self) -> ScheduleState | None:
        chosen = self._chosen_id()
        return next((state for state in self._states() if state.schedule.id == chosen), None)

    def _text(self, state: ScheduleState) -> str:
        words, now = self._services.words, self._services.now()
        others = [other.schedule for other in self._states()]
        coming = next_words(state, words, now)
        if state.held is None and state.next_run is not None:
            coming = self.tr("Next sync {when}").format(when=words.when(state.next_run, now, inside=True))
            coming = words.with_hint(coming, state)
        if _place(state.schedule) in ("", *self._known):
            when = when_words(state.schedule, others, words)
        else:
            when = self.tr("Looking up the holidays…")
        lines = (state.schedule.title, when, coming)
        return "\n".join(line for line in lines if line)

    @Slot()
    def _adjust_buttons(self) -> None:
        state = self._chosen()
        rests = state is not None and state.schedule.rests(self._services.now())
        self._add.setEnabled(self._account is not None)
        for button in (self._edit, self._remove):
            button.setEnabled(state is not None)
        self._pause.setEnabled(state is not None and not state.schedule.switched_off)
        self._resume.setEnabled(rests)

    def _say(self, text: str) -> None:
        self._result.setText(f"✗ {text}" if text else "")
        self._result.setVisible(bool(text))

    # --- what it does ---------------------------------------------------------------------------------------------

    def _submit(self, command: Command) -> None:
        self._say("")
        self._services.submit(command, self._on_done, self._on_failed)

    def _on_done(self, result: object) -> None:
        """The state that follows shows what became of it."""

    def _on_failed(self, error: FossaError) -> None:
        self._say(error_text(error.info()))

    @Slot()
    def _on_add(self) -> None:
        if self._account is not None:
            taken = [state.schedule.name for state in self._states()]
            self._open_editor(Schedule(0, self._account.account.id, name=free_name(taken)))

    @Slot()
    def _on_edit(self) -> None:
        state = self._chosen()
        if state is not None:
            self._open_editor(state.schedule)

    def _open_editor(self, schedule: Schedule) -> None:
        others = [state.schedule for state in self._states()]
        self._editor = dialog = ScheduleDialog(self._services, schedule, others, self)
        dialog.finished.connect(self._editor_closed)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot()
    def _editor_closed(self) -> None:
        self._editor = None

    @Slot()
    def _on_pause(self) -> None:
        state = self._chosen()
        if state is None:
            return
        dialog = PauseDialog(state.schedule, self._services.words, self._services.now, self)
        dialog.accepted.connect(partial(self._pause_until, dialog, state.schedule.id))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _pause_until(self, dialog: PauseDialog, schedule_id: int) -> None:
        self._submit(PauseSchedule(schedule_id, dialog.until))

    @Slot()
    def _on_resume(self) -> None:
        state = self._chosen()
        if state is not None:
            self._submit(ResumeSchedule(state.schedule.id))

    @Slot()
    def _on_remove(self) -> None:
        state = self._chosen()
        if state is None:
            return
        box = plain_box(
            self,
            QMessageBox.Icon.Warning,
            self.tr("Remove the schedule"),
            self.tr('Remove the schedule "{name}"?').format(name=state.schedule.title),
            self.tr("What it ran, skipped and missed stays in the history. Work orders are not touched."),
        )
        box.setStandardButtons(QMessageBox.StandardButton.Yes | QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(QMessageBox.StandardButton.Cancel)
        box.finished.connect(partial(self._on_remove_answer, state.schedule.id))
        box.finished.connect(box.deleteLater)
        box.open()

    def _on_remove_answer(self, schedule_id: int, answer: int) -> None:
        if answer == QMessageBox.StandardButton.Yes.value:
            self._submit(RemoveSchedule(schedule_id))


def _place(schedule: Schedule) -> str:
    """Return the country whose parts have to be known for a schedule's words; mostly none."""
    calendar = schedule.timetable.holidays
    if schedule.after is not None or calendar is None or calendar.subdivision is None:
        return ""
    return calendar.country or ""


def _looked_up(countries: frozenset[str]) -> frozenset[str]:
    """Have the names of these countries' parts loaded, as far as they are known, and return the countries."""
    from fossatray.core.holiday_calendar import subdivisions

    for country in countries:
        with suppress(InvalidInput):  # the schedule's words will say so
            subdivisions(country)
    return countries


def _pass_on(error: FossaError) -> None:
    """What is looked up in vain is said in the schedule's words: nothing else can fail here."""
    raise error


def _same(one: AccountState | None, other: AccountState | None) -> bool:
    return one is not None and other is not None and one.account.id == other.account.id


def _health(state: ScheduleState) -> Health:
    """Return the picture that tells a schedule's state by its shape."""
    if state.schedule.switched_off:
        return Health.SWITCHED_OFF
    if state.held in ("no_password", "blocked"):
        return Health.FAILED
    return Health.PAUSED if state.held == "paused" else Health.HEALTHY
