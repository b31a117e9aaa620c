"""Light and dark: the few colours of our own, chosen by the palette that the desktop gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication, QPalette
from PySide6.QtWidgets import QStyle, QWidget

LessMotion = Callable[[QWidget], bool]
"""Tells whether things should stand still in a widget."""


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of one look, as "#rrggbb"; each text colour has a contrast of at least 4.5 on `card`."""

    dark: bool
    card: str
    text: str
    muted: str
    outline: str
    track: str
    blue: str
    indigo: str
    green: str
    red: str
    grey: str
    button: str
    button_hover: str
    pill: str
    pill_text: str
    warn: str


LIGHT = Theme(
    dark=False,
    card="#ffffff",
    text="#0f172a",
    muted="#526075",
    outline="#c7d2fe",
    track="#e2e8f0",
    blue="#2563eb",
    indigo="#4f46e5",
    green="#15803d",
    red="#b91c1c",
    grey="#64748b",
    button="#eef2ff",
    button_hover="#e0e7ff",
    pill="#eaf1ff",
    pill_text="#1d4ed8",
    warn="#b45309",
)
DARK = Theme(
    dark=True,
    card="#151a2b",
    text="#eef2ff",
    muted="#a3aec4",
    outline="#3b4a86",
    track="#2a3350",
    blue="#60a5fa",
    indigo="#818cf8",
    green="#4ade80",
    red="#f87171",
    grey="#94a3b8",
    button="#232b45",
    button_hover="#2d3860",
    pill="#1e2c55",
    pill_text="#a9c7ff",
    warn="#fbbf24",
)


def theme_of(palette: QPalette) -> Theme:
    """Return the colours that go with a palette."""
    window = palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.Window)
    return DARK if window.lightnessF() < 0.5 else LIGHT


def wants_less_motion(widget: QWidget) -> bool:
    """Tell whether the person has asked the desktop for less motion, or switched its animations off."""
    if widget.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration, None, widget) == 0:
        return True
    hints = QGuiApplication.styleHints()
    if not hasattr(hints, "accessibility"):  # before Qt 6.10
        return False
    wishes: QObject = hints.accessibility()
    preference = getattr(wishes, "motionPreference", None)  # before Qt 6.12
    return preference is not None and preference().name == "ReducedMotion"


def card_style(theme: Theme) -> str:
    """Return the style sheet of the glow card's labels and buttons; the focus shows as a ring in the accent colour."""
    on_accent = theme.card if theme.dark else "#ffffff"
    return f"""
        QLabel {{ color: {theme.text}; background: transparent; }}
        QLabel[role="muted"] {{ color: {theme.muted}; }}
        QLabel[role="pill"] {{ color: {theme.pill_text}; background: {theme.pill}; border-radius: 9px;
            padding: 3px 12px; }}
        QFrame[role="notice"] {{ background: {theme.button}; border-radius: 9px; }}
        QPushButton, QToolButton {{ color: {theme.text}; background: {theme.button}; border: 2px solid transparent;
            border-radius: 9px; padding: 6px 10px; }}
        QToolButton {{ background: transparent; padding: 2px; border-radius: 7px; }}
        QPushButton:hover, QToolButton:hover {{ background: {theme.button_hover}; }}
        QPushButton[role="plain"] {{ border-color: {theme.outline}; }}
        QPushButton:focus, QToolButton:focus, QPushButton[role="plain"]:focus {{ border-color: {theme.indigo}; }}
        QPushButton[role="primary"] {{ color: {on_accent}; background: {theme.blue}; font-weight: 600; }}
        QPushButton[role="primary"]:hover {{ background: {theme.indigo}; }}
        QPushButton[role="primary"]:focus {{ border-color: {theme.text}; }}
        QPushButton:disabled {{ color: {theme.muted}; background: {theme.track}; }}
    """
