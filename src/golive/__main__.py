"""``python -m golive``."""

import sys

from golive.cli import main

if __name__ == "__main__":
    sys.exit(main())
