"""The main program of the scrape process, the child of role "scrape" (fossatray.system.processes).

The browser's driver is begun first, and everything else is loaded while it starts. The process ends at once when all
is told: nothing of it is closed in order, since the engine ends whatever a run has started (but the browser on macOS,
see portal.browser). Where the engine itself has gone, the driver ends, and its browser with it, because nobody listens
to it any more.
"""

from __future__ import annotations

import asyncio
import os
import sys
import traceback
from typing import BinaryIO

from fossatray.portal.driver import Driver
from fossatray.system.core_dumps import forbid_core_dumps
from fossatray.system.processes import redirect_protocol_stdout

_BUG = 1


def main() -> None:
    """Run the scrape process; it does not return, and waits for no thread, such as one in which a keyring hangs."""
    os.umask(0o077)
    forbid_core_dumps()
    status = _BUG
    try:
        status = asyncio.new_event_loop().run_until_complete(_serve(redirect_protocol_stdout()))
    except BaseException:  # noqa: BLE001 - the process ends here, whatever it is
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


async def _serve(protocol: BinaryIO) -> int:
    driver = await Driver.begin()
    from fossatray.portal.scrape import serve

    return await serve(sys.stdin.buffer, protocol, driver)


if __name__ == "__main__":
    main()
