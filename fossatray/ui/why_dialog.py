"""The answer to "why did it not run at 14:00?", for any past moment of the last 90 days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from PySide6.QtCore import QDate, QDateTime, Qt, QTime, Slot
from PySide6.QtWidgets import QComboBox, QDateTimeEdit, QDialog, QDialogButtonBox, QFormLayout, QVBoxLayout, QWidget

from fossatray.core.accounts import Account
from fossatray.core.errors import FossaError
from fossatray.core.why import tell, titled
from fossatray.ui.labels import PlainLabel
from fossatray.ui.services import WindowServices
from fossatray.ui.texts import error_text
from fossatray.ui.words_qt import with_century

DAYS = 90


class WhyDialog(QDialog):
    """Asks for a moment (and an account, where there are several) and says what became of each schedule then."""

    def __init__(self, services: WindowServices, accounts: Sequence[Account], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self.setWindowTitle(self.tr("Why did it not run?"))
        self._account = QComboBox()
        for account in accounts:
            self._account.addItem(account.name, account.id)
        self._account.setAccessibleName(self.tr("Account"))
        self._moment = QDateTimeEdit()
        self._moment.setCalendarPopup(True)
        self._moment.setDisplayFormat(with_century(self._moment.displayFormat()))
        self._moment.setAccessibleName(self.tr("Day and time"))
        self._answer = PlainLabel()
        self._answer.setAccessibleName(self.tr("Answer"))
        self._answer.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._lay_out()
        now = services.now().astimezone(services.words.zone)
        self._moment.setDateTimeRange(_wall(now - timedelta(days=DAYS)), _wall(now))
        self._moment.setDateTime(_wall(now.replace(minute=0)))
        self._account.currentIndexChanged.connect(self._ask)
        self._moment.dateTimeChanged.connect(self._ask)
        self._ask()

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.addRow(self.tr("&Account:"), self._account)
        form.setRowVisible(0, self._account.count() > 1)
        form.addRow(self.tr("Day and &time:"), self._moment)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.addWidget(PlainLabel(self.tr("Choose a day and a time of the last {count} days.").format(count=DAYS)))
        column.addLayout(form)
        column.addSpacing(self.fontMetrics().height() // 2)
        column.addWidget(self._answer, 1)
        column.addWidget(buttons)
        self.resize(max(460, self.fontMetrics().averageCharWidth() * 70), self.sizeHint().height())

    @property
    def moment(self) -> datetime:
        """The moment that is chosen (aware)."""
        shown = self._moment.dateTime()
        day, at = shown.date(), shown.time()
        zone = self._services.words.zone
        return datetime(day.year(), day.month(), day.day(), at.hour(), at.minute(), tzinfo=zone)

    @Slot()
    def _ask(self) -> None:
        """Show what is known of the moment; with several schedules, of each."""
        services = self._services
        account = self._account.currentData()
        try:
            known = services.reader().why(account, self.moment, services.words.zone) if account is not None else []
        except FossaError as error:
            self._answer.setText(error_text(error.info()))
            return
        lines = [tell(why, services.now(), services.words) for why in known]
        if len(known) > 1 or any(why.removed_at for why in known):
            names = [titled(why, why.schedule.title, services.words) for why in known]
            lines = [f"{name}: {line}" for name, line in zip(names, lines, strict=True)]
        self._answer.setText("\n\n".join(lines) or self.tr("The account has no schedule."))


def _wall(local: datetime) -> QDateTime:
    return QDateTime(QDate(local.year, local.month, local.day), QTime(local.hour, local.minute))
