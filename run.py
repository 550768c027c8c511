"""The ``magazie`` command for a checkout: ``python run.py serve``."""

import sys

from magazie.cli import main

if __name__ == "__main__":
    sys.exit(main())
