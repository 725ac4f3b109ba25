"""``python -m dynaconf_cluster`` is the command ``dynaconf-cluster``."""

import sys

from ._cli.main import main

if __name__ == "__main__":
    sys.exit(main())
