"""``completion``: a script that teaches a shell to complete the command, made by shtab."""

from __future__ import annotations

import argparse
from collections.abc import Iterable

from .process import WRONG, Answer, Failure

SHELLS = ("bash", "zsh")


def complete(arguments: argparse.Namespace) -> Answer:
    """Give the completion script of a shell; raise `Failure` without shtab."""
    try:
        import shtab
    except ImportError:
        advice = "pip install 'dynaconf-cluster[cli]'"
        raise Failure(f"completion scripts are made by shtab; {advice}", WRONG) from None
    from .commands import make_parser

    script = shtab.complete(make_parser(), arguments.shell, preamble=_PREAMBLE[arguments.shell])
    return Answer(f"{script.rstrip()}\n")


def mark_groups(actions: Iterable[argparse.Action]) -> None:
    """Have arguments completed with the names of groups."""
    _mark(actions, "_dynaconf_cluster_groups")


def mark_hosts(actions: Iterable[argparse.Action]) -> None:
    """Have arguments completed with the names of hosts."""
    _mark(actions, "_dynaconf_cluster_hosts")


def mark_files(actions: Iterable[argparse.Action]) -> None:
    """Have arguments completed with the names of files."""
    _mark(actions, "_shtab_compgen_files", "_files")


def _mark(actions: Iterable[argparse.Action], bash: str, zsh: str | None = None) -> None:
    for action in actions:
        vars(action)["complete"] = {"bash": bash, "zsh": zsh or bash}


_BASH = """\
_dynaconf_cluster_names() {
  local i
  local -a file=()
  for ((i = 1; i < COMP_CWORD - 1; i++)); do
    if [[ ${COMP_WORDS[i]} == --file ]]; then
      [[ ${COMP_WORDS[i + 1]} == = ]] && ((i++))
      file=(--file "${COMP_WORDS[i + 1]}")
    fi
  done
  compgen -W "$(dynaconf-cluster clustershell "$1" "${file[@]}" 2>/dev/null)" -- "$2"
}
_dynaconf_cluster_groups() { _dynaconf_cluster_names list "$1"; }
_dynaconf_cluster_hosts() { _dynaconf_cluster_names all "$1"; }
"""
_ZSH = """\
_dynaconf_cluster_names() {
  local -a names file
  local i=${words[(I)--file]}
  ((i)) && file=(--file "${(Q)words[i + 1]}")
  names=(${(f)"$(dynaconf-cluster clustershell $1 $file 2>/dev/null)"})
  compadd -a names
}
_dynaconf_cluster_groups() { _dynaconf_cluster_names list }
_dynaconf_cluster_hosts() { _dynaconf_cluster_names all }
"""
_PREAMBLE = {"bash": _BASH, "zsh": _ZSH}
