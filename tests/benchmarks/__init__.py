"""What dynaconf-cluster costs, as one table of ratios.

    python -m tests.benchmarks --peers

All figures are ratios to something measured in the same run, by turns, and
medians of several rounds. `measure.tokens` is the yardstick: nothing that keeps
every name of a file as a string in a dict can be faster.
"""
