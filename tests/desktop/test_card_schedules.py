"""The glow card about schedules: paused, switched off, without a password, having issues, trying again."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from fossatray.core.errors import PortalUnreachable
from fossatray.core.runs import Outcome
from fossatray.core.schedules import Schedule
from fossatray.core.status import AppState, Retry
from fossatray.ui.card_face import Offer
from fossatray.ui.glow_card import GlowCard
from tests.desktop.fakes import ACCOUNT, NOW, Clock, account_state, armed, run, words

Show = Callable[[QWidget], QWidget]


@pytest.fixture
def card(qtbot: QtBot) -> GlowCard:
    made = GlowCard(words(), Clock())
    qtbot.addWidget(made)
    return made


def shown_texts(card: GlowCard) -> list[str]:
    return [label.text() for label in card.findChildren(QLabel) if label.isVisible()]


def button(card: GlowCard, offer: Offer) -> QPushButton:
    return next(item for item in card.findChildren(QPushButton) if item.property("offer") == offer.value)


def shown_buttons(card: GlowCard) -> list[str]:
    return [item.text().replace("&", "") for item in card.findChildren(QPushButton) if item.isVisible()]


def test_a_pause_with_an_end_says_when_it_goes_on(card: GlowCard, shown: Show) -> None:
    held = armed(held="paused", paused_until=NOW + timedelta(days=1))
    card.show_state(AppState((account_state(schedules=(held,)),)))
    shown(card)
    assert {"Syncing is paused", "Paused until tomorrow at 1:00 PM"} <= set(shown_texts(card))
    assert card.face.offers[0] is Offer.RESUME
    assert "Resume" in shown_buttons(card)


def test_one_that_was_switched_off_is_resumed_by_one_click(card: GlowCard, shown: Show, qtbot: QtBot) -> None:
    off = armed(held="switched_off", switched_off=True, failures=5)
    failed = run(Outcome.FAILED, error=PortalUnreachable("app.workfossa.com could not be found.").info())
    card.show_state(AppState((account_state(schedules=(off,), last_run=failed),)))
    shown(card)
    assert "Switched off after 5 failed syncs in a row" in "\n".join(shown_texts(card))
    assert "Having issues" not in "\n".join(shown_texts(card))
    with qtbot.waitSignal(card.resume_requested):
        button(card, Offer.RESUME).click()
    card.show_state(AppState((account_state(schedules=(off,)),)))
    assert {"Syncing is switched off", "Switched off after 5 failed syncs in a row"} <= set(shown_texts(card))
    assert "Resume" in shown_buttons(card)


def test_one_of_two_that_was_switched_off_is_named(card: GlowCard, shown: Show) -> None:
    off = armed(Schedule(2, ACCOUNT.id, name="Night", switched_off=True, failures=5), "switched_off")
    card.show_state(AppState((account_state(schedules=(armed(), off)),)))
    shown(card)
    assert "Next sync today at 2:00 PM" in shown_texts(card)
    assert '"Night" was switched off after 5 failed syncs in a row' in shown_texts(card)
    assert "Resume" in shown_buttons(card)


@pytest.mark.parametrize(("failures", "says"), [(2, False), (3, True)])
def test_from_the_third_failure_on_it_is_having_issues(card: GlowCard, shown: Show, failures: int, says: bool) -> None:
    failed = run(Outcome.FAILED, error=PortalUnreachable("app.workfossa.com could not be found.").info())
    card.show_state(AppState((account_state(failures=failures, last_run=failed),)))
    shown(card)
    text = "\n".join(shown_texts(card))
    assert (f"Having issues: {failures} syncs failed in a row" in text) is says
    assert "Next sync today at 2:00 PM" in text


def test_without_a_password_the_way_to_the_settings_comes_first(card: GlowCard, shown: Show) -> None:
    card.show_state(AppState((account_state(schedules=(armed(held="no_password"),)),)))
    shown(card)
    assert {"Syncing is stopped: no password is stored", "Enter it in Settings."} <= set(shown_texts(card))
    assert card.face.offers[0] is Offer.SETTINGS


def test_a_run_that_is_tried_again_says_when(card: GlowCard, shown: Show) -> None:
    again = Retry(NOW + timedelta(minutes=2), PortalUnreachable().info())
    card.show_state(AppState((account_state(run=run(None), retry=again),)))
    shown(card)
    assert "The portal could not be reached. Trying again at 1:02 PM." in shown_texts(card)
