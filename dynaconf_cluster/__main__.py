"""``python -m dynaconf_cluster`` is the command ``dynaconf-cluster``."""

import sys

from ._cli.main import main

sys.exit(main())
