"""Run ``dynaconf-cluster`` as ``python -m dynaconf_cluster``."""

import sys

from ._cli.main import main

sys.exit(main())
