"""``check``: finding the problems of cluster files, and formatting them."""

from __future__ import annotations

import argparse
import contextlib
import os
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import islice
from typing import NamedTuple

from .._errors import ClusterFileError, Problem
from .._location import Location
from .._parser import parse_sections, read_lines
from .._rules import ABOUT_THE_FILE, ERROR, RULES, WARNING
from .arguments import PROGRAM
from .lint import File, find_warnings
from .process import (
    FAILED,
    NO,
    OK,
    Failure,
    Result,
    count,
    import_drawing,
    is_terminal,
    lines,
    to_json,
)
from .source import find_named, read_file


class Finding(NamedTuple):
    """An error in a line of a file, or a warning about it."""

    path: str
    line: str
    severity: str
    problem: Problem

    def locate(self) -> tuple[str, str, str]:
        """Return the text before the severity, the severity, and the text after it."""
        path, _, severity, found = self
        return (
            f"{path}:{found.line}:{found.column}: ",
            severity,
            f": {found.message} [{found.rule}]",
        )


class Report(NamedTuple):
    """The findings in a file, or a summary of its content if there are none."""

    findings: list[Finding]
    content: str = ""


def check(arguments: argparse.Namespace) -> Result:
    """Report every problem in cluster files.

    Each is reported as path:line:column: severity: message [rule], and at the end how
    many there are, on standard error. An error means that the file is refused by
    everything that reads it; a warning, that ClusterIt's own tools would make
    something else of it, or that it looks like a slip.

    examples:
      dynaconf-cluster check *.cluster
      dynaconf-cluster check --strict --ignore orphans a.cluster
      dynaconf-cluster check --format github racks.cluster
      dynaconf-cluster explain orphans
    """
    reports: list[Report] = []
    notes: list[str] = []
    for location in _find_files(arguments):
        try:
            reports.append(check_file(location, arguments.ignore))
        except Failure as failure:
            notes.append(f"{PROGRAM}: {failure}")
    findings = [finding for report in reports for finding in report.findings]
    found = Counter(finding.severity for finding in findings)
    counting = found[ERROR] or (arguments.strict and found[WARNING])
    status = FAILED if notes else NO if counting else OK
    form = arguments.format or _choose_format()
    if reports and form in ("full", "concise") and not arguments.quiet:
        notes.append(_summarize(reports, found, len(notes)))
    return Result(FORMATS[form](findings), status, tuple(notes))


def _choose_format() -> str:
    if is_terminal() or os.environ.get("FORCE_COLOR"):
        with contextlib.suppress(Failure):  # rich is not installed
            import_drawing()
            return "full"
    return "concise"


def check_file(location: Location, ignored: Iterable[str] = ()) -> Report:
    """Find the errors in a file, and the warnings if it may be a cluster file.

    Raise `Failure` if it cannot be read.
    """
    data = read_file(location)
    problems: tuple[Problem, ...] = ()
    try:
        parse_sections(data, location.path)
    except ClusterFileError as error:
        problems = error.problems
    content, found = "", [*problems]
    if ABOUT_THE_FILE.isdisjoint(problem.rule for problem in problems):
        file = File(_split(data), problems)
        found += [warning for warning in find_warnings(file) if warning.rule not in ignored]
        found.sort(key=lambda problem: problem.line)
        content = "" if found else file.describe()
    texts = [*islice(read_lines(data), max((problem.line for problem in found), default=0))]
    path = location.path
    findings = [
        Finding(path, texts[problem.line - 1], RULES[problem.rule].severity, problem)
        for problem in found
    ]
    return Report(findings, content)


def _split(data: str | bytes) -> list[str]:
    """Return the lines of `read_lines` as a list."""
    text = data if isinstance(data, str) else data.decode("utf-8", "surrogateescape")
    return text.removeprefix("\ufeff").split("\n")


def _find_files(arguments: argparse.Namespace) -> list[Location]:
    if arguments.files:
        if arguments.file is not None or arguments.instance is not None:
            raise Failure("check takes either files or --file or --instance", FAILED)
        return [*map(find_named, dict.fromkeys(arguments.files))]
    if arguments.instance is not None:
        from .instance import find_file_of_settings

        return [find_file_of_settings(arguments.instance)]
    return [find_named(arguments.file)]


def _summarize(reports: list[Report], found: Counter[str], unread: int) -> str:
    files = count(len(reports) + unread, "file")
    if not found and not unread:
        return f"{reports[0].content if len(reports) == 1 else files}: fine"
    counts = [count(found[kind], kind) for kind in (ERROR, WARNING) if found[kind]]
    return ", ".join([files, *counts, *([f"{unread} not read"] if unread else [])])


def format_concise(findings: Iterable[Finding]) -> str:
    return lines("".join(finding.locate()) for finding in findings)


def format_full(findings: Iterable[Finding]) -> str:
    text: str = import_drawing().draw_findings(findings)
    return text


def format_json(findings: Iterable[Finding]) -> str:
    objects = [
        {"path": path, "severity": severity, **problem._asdict()}
        for path, _, severity, problem in findings
    ]
    return to_json(objects)


def format_github(findings: Iterable[Finding]) -> str:
    """Format workflow commands, which GitHub shows next to the lines of a pull request."""
    return lines(
        f"::{severity} file={_escape(path, ':,')},line={found.line},col={found.column},"
        f"title={_escape(found.rule, ':,')}::{_escape(found.message)} [{found.rule}]"
        for path, _, severity, found in findings
    )


def _escape(text: str, also: str = "") -> str:
    for char in f"%\r\n{also}":
        text = text.replace(char, f"%{ord(char):02X}")
    return text


FORMATS: dict[str, Callable[[Iterable[Finding]], str]] = {
    "full": format_full,
    "concise": format_concise,
    "json": format_json,
    "github": format_github,
}
