"""The argument parser: shared options, and the layout of help texts and errors."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

from .._errors import hint
from .process import Result, write

PROGRAM = "dynaconf-cluster"
INVENTORY = f"{PROGRAM}-inventory"


SetUp = Callable[["Parser"], None]


class Parser(argparse.ArgumentParser):
    """A parser whose help fits the terminal, and whose errors suggest corrections.

    Its description is a docstring, in which indented lines are examples. The parser
    of a subcommand is set up, including its imports, only when it is used.
    """

    def __init__(self, *given: Any, set_up: SetUp | None = None, **options: Any) -> None:
        options |= {"formatter_class": argparse.RawDescriptionHelpFormatter, "allow_abbrev": False}
        super().__init__(*given, **options)
        self.set_defaults(parser=self)
        self._set_up = set_up
        self._commands: dict[str, Parser] = {}
        self._given: Sequence[str] = ()
        self.is_reader = False
        """Whether it has the options that select a cluster file."""
        self.is_intermixed = False
        """Whether positional arguments may be mixed with options."""

    def add_commands(self, metavar: str, commands: Mapping[str, tuple[str, SetUp]]) -> None:
        """Add subcommands, each with its help text and a function that sets up its parser."""
        made = self.add_subparsers(title=f"{metavar.lower()}s", metavar=metavar, required=True)
        for name, (text, set_up) in commands.items():
            made.add_parser(name, help=text, set_up=set_up)
        self._commands = made.choices

    def run_with(self, run: Callable[[argparse.Namespace], Result], *, reads: bool = True) -> None:
        """Set the function that runs the subcommand; ``reads`` adds the source options."""
        self.description = run.__doc__
        self.set_defaults(run=run)
        if reads:
            add_source(self, hidden=True)

    def prepare(self) -> None:
        """Set up the parser of a subcommand, unless that was done before."""
        set_up, self._set_up = self._set_up, None
        if set_up is not None:
            set_up(self)

    def prepare_all(self) -> None:
        """Prepare this parser and all subcommands for argcomplete."""
        self.prepare()
        self.is_intermixed = False
        for command in self._commands.values():
            command.prepare_all()

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        self.prepare()
        self._given = args
        if not self.is_intermixed:
            return super().parse_known_args(args, namespace)
        self.is_intermixed = False  # the next call comes back here
        return self.parse_known_intermixed_args(args, namespace)

    def format_help(self) -> str:
        from textwrap import dedent

        self.prepare()
        first, _, rest = (self.description or "").partition("\n")
        about, heading, examples = f"{first}\n{dedent(rest)}".partition("\n\nexamples")
        note = _NOTE if self.is_reader and not self._commands else ""
        self.description, self.epilog = _fit(about + note), _fit(heading + examples)
        return super().format_help()

    def print_help(self, file: Any = None) -> NoReturn:
        sys.exit(write(self.format_help()))  # argparse hides or raises errors of writing

    def error(self, message: str) -> NoReturn:
        choice = re.search(r"(.*invalid choice: '(.*)') \(choose from (.*)\)", message)
        invalid = self._find_invalid_option()
        if invalid:
            message = f"unrecognized arguments: {invalid}{hint(invalid, self.find_options())}"
        elif choice and (near := hint(choice[2], re.findall(r"[\w-]+", choice[3]))):
            message = f"{choice[1]}{near}"
        super().error(message)

    def _find_invalid_option(self) -> str | None:
        """Return the first invalid option, up to the subcommand if there is one."""
        options = self.find_options()
        for word in self._given:
            name = word.partition("=")[0] if word.startswith("--") else word[:2]
            if word in self._commands or name == "--":
                return None
            if len(name) > 1 and name.startswith("-") and name not in options:
                return name
        return None

    def find_options(self) -> set[str]:
        """Return the valid options."""
        return {*self._option_string_actions}


def _fit(text: str) -> str:
    """Fill paragraphs, and wrap examples that are too wide for the terminal."""
    from shutil import get_terminal_size
    from textwrap import TextWrapper

    width = max(get_terminal_size().columns - 2, 20)
    fill = TextWrapper(width, break_long_words=False, break_on_hyphens=False)
    filled = []
    for line in re.sub(r"(?<=\S)\n(?=\S)", " ", text.strip()).splitlines():
        fill.subsequent_indent = " " * 6 if line.startswith(" ") else ""
        filled.append(fill.fill(line))
    return "\n".join(filled)


def make_top_parser(program: str, about: str) -> Parser:
    """Return the top-level parser of a command."""
    parser = Parser(program, description=about)
    text = "show the version and exit"
    parser.add_argument("-V", "--version", action=_Version, nargs=0, help=text)
    add_source(parser)
    return parser


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *given: Any) -> None:
        from importlib import metadata  # takes as long as the rest of the command

        sys.exit(write(f"{parser.prog} {metadata.version(PROGRAM)}\n"))


def add_source(parser: Parser, *, hidden: bool = False) -> None:
    """Add the options that select a cluster file.

    They are accepted before and after the subcommand. The subcommand's parser hides
    them: it keeps values given before it, and only the top-level help describes them.
    """
    group = parser.add_argument_group("the cluster file")
    for option, (metavar, text) in _SOURCES.items():
        options: dict[str, Any] = {"metavar": metavar, "help": text}
        if hidden:
            options |= {"help": argparse.SUPPRESS, "default": argparse.SUPPRESS}
        action = group.add_argument(option[1:3], option, **options)
    vars(action)["completer"] = lambda **_: ()  # settings are not files
    parser.is_reader = True


_SOURCES = {
    "--file": (
        "FILE",
        "read this cluster file, - for standard input; without it, and without -i, the one "
        "that CLUSTER in the environment names",
    ),
    "--instance": (
        "SETTINGS",
        "read the cluster of a settings object, what it overrides included: "
        "package.module.settings, found from the working directory",
    ),
}
_NOTE = """

The cluster is that of -f FILE, -i SETTINGS or CLUSTER in the environment;
see dynaconf-cluster --help."""


def parse(parser: Parser, given: Sequence[str]) -> argparse.Namespace:
    """Parse the command line, or report an error and exit."""
    arguments: argparse.Namespace
    arguments, unknown = parser.parse_known_args(given)
    chosen: Parser = arguments.parser
    if unknown:
        near = hint(unknown[0].partition("=")[0], chosen.find_options())
        chosen.error(f"unrecognized arguments: {' '.join(unknown)}{near}")
    options = arguments.file, arguments.instance
    sources = [source for source in (*options, vars(arguments).get("path")) if source is not None]
    if not chosen.is_reader and options != (None, None):
        chosen.error("it reads no cluster file, so -f/--file and -i/--instance mean nothing")
    if len(sources) > 1:
        chosen.error("only one of FILE, -f/--file and -i/--instance can be given")
    return arguments
