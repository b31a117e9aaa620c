"""No core dumps: a memory image on the disk would hold what the process held."""

from __future__ import annotations

import sys


def forbid_core_dumps(*, for_good: bool = True) -> None:
    """Let this process and its children leave no core dump, in which a password could be found.

    The limit is 1 byte where it can be: with 0, Linux still feeds a dump to a program named in core_pattern. Unless
    `for_good`, the process may still lift the limit again.
    """
    if sys.platform == "win32":
        return
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    limit = 0 if hard == 0 else 1
    resource.setrlimit(resource.RLIMIT_CORE, (limit, limit if for_good else hard))
