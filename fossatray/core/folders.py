"""When a folder may be closed to others: one that is somebody's shared place must not be shut by choosing it."""

from __future__ import annotations

import stat
from pathlib import Path

from fossatray.core.errors import StoreUnsuitable

OTHERS = stat.S_IRWXG | stat.S_IRWXO
"""The permissions of everybody but the owner."""


def refuse_shared(folder: Path, mode: int, *, empty: bool, ours: bool) -> None:
    """Raise StoreUnsuitable for a data folder that we would have to close to others and that is not ours to close.

    `mode` is the folder's `st_mode`; `empty` tells whether nothing is in it, `ours` whether it holds a database of this
    user's. A folder with the sticky bit is shared on purpose, as /tmp is, whatever lies in it.
    """
    if not mode & OTHERS:
        return
    if mode & stat.S_ISVTX or not (empty or ours):
        raise StoreUnsuitable(
            f"The folder {folder} is open to other users, and it is not FossaTray's own.",
            advice="Choose a new or an empty folder with --data-dir.",
        )
