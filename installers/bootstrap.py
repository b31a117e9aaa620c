#!/usr/bin/env python3
"""Sets FossaTray up and starts it: ``bootstrap.py demo [--once]`` or ``bootstrap.py test [-- pytest's arguments]``.

Needs nothing but Python. This file itself is kept readable for old Pythons, so that they can say what they lack;
everything else is in installers/setup.
"""

import os
import sys

NEEDED = (3, 11)

if sys.version_info < NEEDED:
    sys.stderr.write(
        "FossaTray needs Python %d.%d or newer, and this is %s (%s).\n"
        "Install a newer one and run this command with it, for example: python3.%d installers/bootstrap.py demo\n"
        % (NEEDED[0], NEEDED[1], sys.version.split()[0], sys.executable, NEEDED[1])
    )
    sys.exit(2)

# The project's own folder is looked in for the set-up's modules, this file's folder is not.
sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

from installers.setup.commands import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
