"""What all parts of the settings share: load, check, save, restore defaults; errors are shown beside the field."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from fossatray.core.commands import SaveSettings
from fossatray.core.errors import FossaError
from fossatray.core.status import AccountState
from fossatray.store.defaults import DEFAULTS
from fossatray.ui.field_form import FieldForm
from fossatray.ui.services import WindowServices

Saved = Callable[[str | None], None]
"""Takes the id of the account that the settings are now about."""

NotSaved = Callable[[FossaError], None]


@dataclass(frozen=True, slots=True)
class Subject:
    """What is edited: one account's state (None: an account still to be added) and the program's settings."""

    account: AccountState | None
    settings: dict[str, str]


class SettingsSection(FieldForm):
    """One part of the settings."""

    # --- the contract ---------------------------------------------------------------------------------------------

    def load(self, subject: Subject) -> None:
        """Show what is stored; what was typed is given up."""
        raise NotImplementedError

    def is_changed(self) -> bool:
        """Tell whether something was typed that is not stored."""
        raise NotImplementedError

    def check(self) -> bool:
        """Tell whether what was typed can be stored; says beside each field what is wrong with it."""
        raise NotImplementedError

    def save(self, account_id: str | None, saved: Saved, not_saved: NotSaved) -> None:
        """Store what was typed. One of the two is called when that is done; what was typed stays where it is."""
        raise NotImplementedError

    def restore_defaults(self) -> None:
        """Show the defaults, without storing them."""
        raise NotImplementedError


class ValuesSection(SettingsSection):
    """A part that shows the program's settings of some names and stores them together; a subclass shows them."""

    def __init__(self, services: WindowServices, names: Iterable[str], parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._services = services
        self._defaults = {name: DEFAULTS[name] for name in names}
        self._loaded = dict(self._defaults)
        self._saving: tuple[dict[str, str], str | None, Saved] | None = None

    def load(self, subject: Subject) -> None:
        """Show what is stored."""
        self._show({name: subject.settings.get(name, default) for name, default in self._defaults.items()})
        self._loaded = self._typed()

    def is_changed(self) -> bool:
        """Tell whether something was typed that is not stored."""
        return self._typed() != self._loaded

    def check(self) -> bool:
        """Tell that what can be chosen can be stored; a part in which more can be typed has its own check."""
        return True

    def save(self, account_id: str | None, saved: Saved, not_saved: NotSaved) -> None:
        """Store what was typed."""
        values = self._typed()
        self._saving = (values, account_id, saved)
        self._services.submit(SaveSettings(values), self._on_saved, not_saved)

    def restore_defaults(self) -> None:
        """Show the defaults, without storing them."""
        self._show(self._defaults)
        self.on_edited()

    def _on_saved(self, result: object) -> None:
        saving, self._saving = self._saving, None
        if saving is not None:
            self._loaded = saving[0]
            saving[2](saving[1])

    def _typed(self) -> dict[str, str]:
        """Return the settings as they are shown."""
        raise NotImplementedError

    def _show(self, values: Mapping[str, str]) -> None:
        """Show the settings."""
        raise NotImplementedError
