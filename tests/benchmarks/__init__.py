"""Benchmarks of dynaconf-cluster, printed as one table of ratios.

    python -m tests.benchmarks --peers

Each figure is a ratio to a baseline from the same run, and a median over several
rounds. The usual baseline is `measure.tokens`, the least work that keeps every name
in a file as a dict key.
"""
