"""What all parts of the settings share: load, check, save, restore defaults; errors are shown beside the field."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fossatray.core.errors import FossaError
from fossatray.core.status import AccountState
from fossatray.ui.field_form import FieldForm

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
