"""FossaTray keeps a technician's WorkFossa work orders in sync with a local database, from the system tray."""

__version__ = "0.1.0"
