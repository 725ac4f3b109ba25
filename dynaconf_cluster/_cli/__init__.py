"""The commands ``dynaconf-cluster`` and ``dynaconf-cluster-inventory``.

`main` and `inventory` hold the two entry points, `arguments` the argument parser, and
`source` finds the cluster. Most other modules implement a subcommand or a family of
them, as functions that take the arguments and return a `Result`.
"""
