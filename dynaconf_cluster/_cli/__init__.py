"""The commands ``dynaconf-cluster`` and ``dynaconf-cluster-inventory``.

`main` and `inventory` hold the two entry points, `arguments` what may be typed,
`source` where the cluster comes from; every other module is one subcommand or a
family of them: the arguments go in, an `Result` comes out.
"""
