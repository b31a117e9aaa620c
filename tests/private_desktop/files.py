"""The settings files of the private desktop's parts; each function writes one below the desktop's home."""

from __future__ import annotations

from pathlib import Path

PANEL_HEIGHT = 28

_BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>{address}</listen>
  <auth>EXTERNAL</auth>
  <servicedir>{services}</servicedir>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""

_PANEL = f"""<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=6;x=0;y=0"/>
      <property name="length" type="uint" value="100"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="size" type="uint" value="{PANEL_HEIGHT}"/>
      <property name="plugin-ids" type="array">
        <value type="int" value="1"/>
        <value type="int" value="2"/>
        <value type="int" value="3"/>
      </property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="tasklist"/>
    <property name="plugin-2" type="string" value="separator">
      <property name="expand" type="bool" value="true"/>
      <property name="style" type="uint" value="0"/>
    </property>
    <property name="plugin-3" type="string" value="systray"/>
  </property>
</channel>
"""

_DUNST = """[global]
    origin = top-right
    offset = 12x44
    width = 340
    height = 200
    timeout = 0
    idle_threshold = 0
    show_indicators = no
    history_length = 100
    font = Sans 10
    markup = full
    format = "<b>%s</b>\\n%b"
    mouse_left_click = do_action, close_current
    mouse_right_click = close_current
[urgency_low]
    timeout = 0
[urgency_normal]
    timeout = 0
[urgency_critical]
    timeout = 0
"""

_OPENBOX = """<?xml version="1.0" encoding="UTF-8"?>
<openbox_config xmlns="http://openbox.org/3.4/rc">
  <focus><focusNew>yes</focusNew></focus>
  <placement><policy>Smart</policy><center>yes</center></placement>
  <theme><name>Clearlooks</name><titleLayout>NLIMC</titleLayout></theme>
  <desktops><number>1</number><popupTime>0</popupTime></desktops>
  <keyboard/>
  <mouse>
    <context name="Titlebar"><mousebind button="Left" action="Drag"><action name="Move"/></mousebind></context>
    <context name="Close"><mousebind button="Left" action="Click"><action name="Close"/></mousebind></context>
    <context name="Client">
      <mousebind button="Left" action="Press"><action name="Focus"/><action name="Raise"/></mousebind>
    </context>
  </mouse>
</openbox_config>
"""


def write_bus_config(home: Path, address: str) -> Path:
    """Write the session bus's settings. Its folder of services is empty: nothing is started by being asked for."""
    services = home / "services"
    services.mkdir()
    return _write(home / "session-bus.conf", _BUS.format(address=address, services=services))


def write_panel_config(home: Path) -> Path:
    """Write the panel's settings: a bar along the top with a list of windows and, at its right end, the tray."""
    return _write(home / ".config/xfce4/xfconf/xfce-perchannel-xml/xfce4-panel.xml", _PANEL)


def write_dunst_config(home: Path) -> Path:
    """Write the notification daemon's settings: notices stay until they are clicked, a click does their action."""
    return _write(home / ".config/dunst/dunstrc", _DUNST)


def write_openbox_config(home: Path) -> Path:
    """Write the window manager's settings: one desktop, new windows in the middle and with the keyboard."""
    return _write(home / ".config/openbox/rc.xml", _OPENBOX)


def _write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path
