"""`python -m fossatray` is the command line."""

import sys

from fossatray.cli import main

if __name__ == "__main__":
    sys.exit(main())
