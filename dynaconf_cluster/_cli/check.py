"""``check``: every problem of cluster files, and how to write them down."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from typing import NamedTuple

from .._errors import ABOUT_THE_FILE, ClusterFileError, Problem
from .._location import Location
from .._parser import parse_sections, read_lines
from .arguments import PROGRAM
from .lint import find_warnings
from .process import BAD, GOOD, WRONG, Answer, Failure, lines
from .source import find_named, read_file


class Finding(NamedTuple):
    """A problem of a file, or a warning about it."""

    path: str
    severity: str
    problem: Problem


def check(arguments: argparse.Namespace) -> Answer:
    """Check every file that is named, or the one that the other commands read."""
    findings: list[Finding] = []
    complaints: list[str] = []
    for location in _find_files(arguments):
        try:
            findings += check_file(location)
        except Failure as failure:
            complaints.append(f"{PROGRAM}: {failure}")
    shown = [found for found in findings if found.problem.rule not in arguments.ignore]
    counting = [found for found in shown if arguments.strict or found.severity == "error"]
    status = WRONG if complaints else BAD if counting else GOOD
    return Answer(FORMATS[arguments.format](shown), status, tuple(complaints))


def check_file(location: Location) -> list[Finding]:
    """Find the problems of a file, and what to warn of where it may be a cluster file.

    Raise `Failure` if it cannot be read.
    """
    data = read_file(location)
    problems: tuple[Problem, ...] = ()
    try:
        parse_sections(data, location.path)
    except ClusterFileError as error:
        problems = error.problems
    found = [Finding(location.path, "error", problem) for problem in problems]
    if ABOUT_THE_FILE.isdisjoint(problem.rule for problem in problems):
        warnings = find_warnings([*read_lines(data)], problems)
        found += [Finding(location.path, "warning", warning) for warning in warnings]
        found.sort(key=lambda finding: finding.problem.line)
    return found


def _find_files(arguments: argparse.Namespace) -> list[Location]:
    if arguments.files:
        if arguments.file is not None or arguments.instance is not None:
            raise Failure("check takes either files or --file or --instance", WRONG)
        return [Location(path, "the command line") for path in dict.fromkeys(arguments.files)]
    if arguments.instance is not None:
        from .instance import find_file_of_settings

        return [find_file_of_settings(arguments.instance)]
    return [find_named(arguments.file)]


def write_text(findings: Iterable[Finding]) -> str:
    return lines(
        f"{path}:{found.line}:{found.column}: {severity}: {found.message} [{found.rule}]"
        for path, severity, found in findings
    )


def write_json(findings: Iterable[Finding]) -> str:
    import json

    objects = [
        {"path": path, "severity": severity, **problem._asdict()}
        for path, severity, problem in findings
    ]
    return f"{json.dumps(objects, indent=2)}\n"


def write_github(findings: Iterable[Finding]) -> str:
    """Write workflow commands, which GitHub shows beside the lines of a pull request."""
    return lines(
        f"::{severity} file={_escape(path, ':,')},line={found.line},col={found.column},"
        f"title={_escape(found.rule, ':,')}::{_escape(found.message)} [{found.rule}]"
        for path, severity, found in findings
    )


def _escape(text: str, also: str = "") -> str:
    for char in f"%\r\n{also}":
        text = text.replace(char, f"%{ord(char):02X}")
    return text


FORMATS: dict[str, Callable[[Iterable[Finding]], str]] = {
    "text": write_text,
    "json": write_json,
    "github": write_github,
}
