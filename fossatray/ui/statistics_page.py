"""The page of the statistics: how the syncs of a period went, in figures and plain words.

The figures of a long period take up to a second to read, so they are read beside the GUI thread.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import partial

from PySide6.QtCore import QDate, QSignalBlocker, QTimer, Slot
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QComboBox, QDateEdit, QHBoxLayout, QHeaderView, QLabel, QVBoxLayout, QWidget

from fossatray.core.errors import FossaError
from fossatray.core.statistics import Statistics
from fossatray.core.statistics_words import statistics_lines
from fossatray.core.status import AppState
from fossatray.ui.fresh_page import FreshPage
from fossatray.ui.labels import PlainLabel
from fossatray.ui.services import OrdersReader, WindowServices
from fossatray.ui.statistics_model import Period, StatisticsModel
from fossatray.ui.tables import DataTable
from fossatray.ui.words_qt import with_century

DAYS = (7, 30, 90)
_CHOOSABLE = (QDate(2000, 1, 1), QDate(2999, 12, 31))
"""The periods of the last days that can be chosen; the middle one is chosen at first."""

_ALL, _CHOSEN = 0, -1  # what the chooser of the period holds besides numbers of days
_SLOW_MS = 200
"""Only what takes longer to read is said to be read."""
_LEAST_NAME = 12  # characters: the choosers give way down to that


class StatisticsPage(FreshPage):
    """Shows the figures of a period, an account and a schedule. It reads after each choice, too."""

    def __init__(self, services: WindowServices, parent: QWidget | None = None) -> None:
        super().__init__(services, parent)
        self._state = AppState()
        self._said = ""
        self._slow = QTimer(self)
        self._slow.setSingleShot(True)
        self._slow.setInterval(_SLOW_MS)
        self._slow.timeout.connect(self._say_reading)
        self._model = StatisticsModel(self)
        self._table = DataTable(self._model, self.tr("Statistics"))
        self._period, self._account, self._schedule = QComboBox(), QComboBox(), QComboBox()
        self._from, self._to = QDateEdit(), QDateEdit()
        for field in (self._from, self._to):
            field.setDateRange(*_CHOOSABLE)
        self._heads: dict[QWidget, QLabel] = {}
        self._summary = PlainLabel()
        self._summary.setAccessibleName(self.tr("Period of the figures"))
        self._lay_out()
        self._fill_periods()
        self._fill_choosers()
        self._period.currentIndexChanged.connect(self._on_period)
        self._account.currentIndexChanged.connect(self._on_account)
        self._schedule.currentIndexChanged.connect(self.mark_stale)
        self._from.dateChanged.connect(self._on_from)
        self._to.dateChanged.connect(self._on_to)

    # --- building -------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        named = (
            (self._period, self.tr("&Period:"), self.tr("Period")),
            (self._from, self.tr("&From:"), self.tr("From")),
            (self._to, self.tr("&To:"), self.tr("To")),
            (self._account, self.tr("&Account:"), self.tr("Account")),
            (self._schedule, self.tr("Sc&hedule:"), self.tr("Schedule")),
        )
        for field, head, name in named:
            self._heads[field] = QLabel(head)
            self._heads[field].setBuddy(field)
            field.setAccessibleName(name)
        for dates in (self._from, self._to):
            dates.setCalendarPopup(True)
            dates.setKeyboardTracking(False)
            dates.setDisplayFormat(with_century(dates.displayFormat()))
        for chooser in (self._account, self._schedule):
            chooser.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
            chooser.setMinimumContentsLength(_LEAST_NAME)
        self._table.setSortingEnabled(False)
        self._table.setWordWrap(True)
        rows = self._table.verticalHeader()
        rows.setMinimumSectionSize(rows.defaultSectionSize())
        rows.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self._table.set_widths({0: 18})
        first = [self._heads[field] for field in (self._period, self._account, self._schedule)]
        for label in first:  # so that the choosers below each other begin at one line
            label.setMinimumWidth(max(one.sizeHint().width() for one in first))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self._row(self._period, self._from, self._to))
        column.addLayout(self._row(self._account, self._schedule))
        column.addWidget(self._summary)
        column.addWidget(self._table, 1)

    def _row(self, *fields: QWidget) -> QHBoxLayout:
        row = QHBoxLayout()
        for field in fields:
            row.addWidget(self._heads[field])
            row.addWidget(field)
        row.addStretch(1)
        return row

    def _fill_periods(self) -> None:
        for days in DAYS:
            self._period.addItem(self.tr("Last {days} days").format(days=days), days)
        self._period.addItem(self.tr("All"), _ALL)
        self._period.addItem(self.tr("From – to"), _CHOSEN)
        self._period.setCurrentIndex(len(DAYS) // 2)
        month = Period.of_last(DAYS[len(DAYS) // 2], self._services.today())
        self._from.setDate(_qdate(month.first or self._services.today()))
        self._to.setDate(_qdate(self._services.today()))
        self._show_dates()

    def _fill_choosers(self) -> None:
        """Offer the accounts, and the schedules of the one that is chosen; what was chosen stays so, if it is there."""
        accounts = [(state.account.name, state.account.id) for state in self._state.accounts]
        _fill(self._account, [(self.tr("All accounts"), None), *accounts])
        chosen = self._account.currentData()
        several = chosen is None and len(accounts) > 1
        schedules = [
            (f"{state.account.name}: {one.schedule.title}" if several else one.schedule.title, one.schedule.id)
            for state in self._state.accounts
            if chosen in (None, state.account.id)
            for one in state.schedules
        ]
        _fill(self._schedule, [(self.tr("All, with manual syncs"), None), *schedules])
        self._show_field(self._account, is_shown=len(accounts) > 1)
        self._show_field(self._schedule, is_shown=bool(schedules))

    def _show_field(self, field: QWidget, *, is_shown: bool) -> None:
        field.setVisible(is_shown)
        self._heads[field].setVisible(is_shown)

    def _show_dates(self) -> None:
        for dates in (self._from, self._to):
            self._show_field(dates, is_shown=self._period.currentData() == _CHOSEN)

    # --- what it shows --------------------------------------------------------------------------------------------

    @property
    def period(self) -> Period:
        """The days that are chosen."""
        days = self._period.currentData()
        if days == _ALL:
            return Period()
        if days == _CHOSEN:
            return Period(_date(self._from), _date(self._to))
        return Period.of_last(days, self._services.today())

    def show_state(self, state: AppState) -> None:
        """Follow which accounts and schedules there are, and what they are called."""
        before, self._state = _names(self._state), state
        if _names(state) != before:
            self._fill_choosers()
            self.mark_stale()

    @Slot()
    def refresh(self) -> None:
        """Read the figures again; what was asked for before is answered no more."""
        period = self.period
        bounds = period.bounds(self._services.words.zone)
        question = partial(_figures, *bounds, self._account.currentData(), self._schedule.currentData())
        self._is_stale = False
        if not self._slow.isActive():
            self._slow.start()
        self._services.ask_store(self, question, partial(self._show, period), self._on_failed)

    def _show(self, period: Period, answer: object) -> None:
        """Show the figures of a period: a Statistics."""
        found, services = answer, self._services
        if not isinstance(found, Statistics):
            raise TypeError(f"the store answered with a {type(found).__name__}")
        is_empty = not (found.runs or found.skipped or found.missed)
        self._say(period.text(services.words, self._services.today()))
        self._model.set_lines([] if is_empty else statistics_lines(found, services.words, services.now()))
        self._table.show_hint(self._hint() if is_empty else "")
        if not is_empty and not self._table.currentIndex().isValid():
            self._table.selectRow(0)

    def _on_failed(self, error: FossaError) -> None:
        self._is_stale = True
        self._say(self._said)
        self._tell(error)

    @Slot()
    def _say_reading(self) -> None:
        """Say that it takes a while, to whoever sees the page and to whoever hears it."""
        self._summary.setText(self.tr("Reading…"))
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._summary, self._summary.text()))

    def _say(self, text: str) -> None:
        """Say of which days the figures are: the reading has ended."""
        self._slow.stop()
        self._said = text
        self._summary.setText(text)

    def _hint(self) -> str:
        """Return why there are no figures."""
        if not self._state.accounts:
            return self.tr("No account yet. Open Settings to add one.")
        if all(state.last_run is None for state in self._state.accounts):
            return self.tr("Nothing has run yet.")
        return self.tr("Nothing ran or was planned then. Choose another period, account or schedule.")

    # --- what it does ---------------------------------------------------------------------------------------------

    @Slot()
    def _on_period(self) -> None:
        self._show_dates()
        self.mark_stale()

    @Slot()
    def _on_account(self) -> None:
        self._fill_choosers()
        self.mark_stale()

    @Slot(QDate)
    def _on_from(self, day: QDate) -> None:
        """A period that would end before it begins ends on its first day."""
        _move(self._to, max(day, self._to.date(), key=QDate.toJulianDay))
        self.mark_stale()

    @Slot(QDate)
    def _on_to(self, day: QDate) -> None:
        """A period that would begin after its end begins on its last day."""
        _move(self._from, min(day, self._from.date(), key=QDate.toJulianDay))
        self.mark_stale()


def _figures(
    since: datetime | None,
    until: datetime | None,
    account_id: str | None,
    schedule_id: int | None,
    reader: OrdersReader,
) -> Statistics:
    return reader.statistics(since, until, account_id, schedule_id)


def _fill(chooser: QComboBox, items: list[tuple[str, object]]) -> None:
    """Offer other items, without a signal; the one that was chosen is chosen again, else the first."""
    chosen = chooser.currentData()
    blocker = QSignalBlocker(chooser)
    chooser.clear()
    for name, key in items:
        chooser.addItem(name, key)
    keys = [key for _, key in items]
    chooser.setCurrentIndex(keys.index(chosen) if chosen in keys else 0)
    blocker.unblock()


def _move(field: QDateEdit, day: QDate) -> None:
    blocker = QSignalBlocker(field)
    field.setDate(day)
    blocker.unblock()


def _names(state: AppState) -> list[tuple[str, str, list[tuple[int, str]]]]:
    return [
        (one.account.id, one.account.name, [(item.schedule.id, item.schedule.title) for item in one.schedules])
        for one in state.accounts
    ]


def _qdate(day: date) -> QDate:
    return QDate(day.year, day.month, day.day)


def _date(field: QDateEdit) -> date:
    shown = field.date()
    return date(shown.year(), shown.month(), shown.day())
