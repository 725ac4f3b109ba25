"""Properties of any text, and agreement with two other readings of it."""

from __future__ import annotations

import gc
import pickle
import time
from collections.abc import Callable
from random import Random

import pytest
from hypothesis import HealthCheck, event, example, given, settings
from hypothesis import strategies as st

from dynaconf_cluster import Cluster, ClusterFileError, parse
from dynaconf_cluster._parser import (
    Sections,
    _is_provably_valid,
    _is_utf8,
    _tidy,
    read_lines,
    split_sections,
)
from dynaconf_cluster._problems import LineReader
from dynaconf_cluster._rules import ABOUT_THE_FILE

from .naive import Reading, read_naively

SPECIAL = ("__all__", "__orphans__")

proportionate = settings(
    deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow]
)


def mixed(*choices: tuple[int, st.SearchStrategy[str] | list[str]]) -> st.SearchStrategy[str]:
    """Draw from strategies or lists of texts, by weight."""
    drawn = [
        st.sampled_from(one) if isinstance(one, list) else one
        for weight, one in choices
        for _ in range(weight)
    ]
    return st.sampled_from(drawn).flatmap(lambda chosen: chosen)


names = st.sampled_from(
    ["a", "b", "c", "d", "web", "web.prod", "one.baz.com", "__all__", "__orphans__", "a__b", "x#"]
)
odd_names = mixed(
    (4, names),
    (2, names.map(str.upper)),
    (2, names.map(str.title)),
    (1, ["", "straße", "STRASSE", "a b", "a\tb", "a #c", "#a", "a:b", "a=b"]),
    (1, ["a:22", "a@b:0", "::1", "[a]", "[::1]:2", "fe80::1%e", "-a", "a.", "b..c"]),
    (1, ["a.-b", ".a", "LUM:22", "gruop:a", "[a:children]", "group@a", "u\u0308"]),
    (1, ["\0a", "a\0", "a\u200bb", "\ufeffa", "a\u00a0b", "a\u2028b", "a\rb"]),
    (1, ["a\udce9", "\udcff", "a\x1cb", "é", "GROUP", "lump", "Groups", "groupie"]),
    (1, st.text(max_size=4)),
)
blanks = st.sampled_from(["", "", "", "", " ", "\t", "  ", "\x0c", "\u00a0", "\r", "\x1f"])
words = st.sampled_from(["GROUP:"] * 6 + ["LUMP:"] * 6)
odd_words = mixed(
    (6, words),
    (1, words.map(str.lower)),
    (1, words.map(str.title)),
    (1, ["GROUP", "LUMP", "GROUPS:", "group=", "Lump ", "LUMP :", "groups", "GR"]),
    (1, ["GROUP::", "LUMP:GROUP:", "GROUP\u00a0", "GROUP\t:", "lumpS ", "GROUP\n"]),
    (
        1,
        ["[group:", "GROUP_:", "-lumps:", ".Group.:", ":group:", "[[LUMP]]:", "a-group:", "[", "@"],
    ),
)
ends = st.sampled_from(["\n"] * 8 + ["\r\n"] * 3 + ["\n\n", "\r\r\n"])
odd_ends = mixed((9, ends), (1, ["\r"]))


def lines_of(
    words: st.SearchStrategy[str], names: st.SearchStrategy[str]
) -> st.SearchStrategy[str]:
    entry = st.tuples(blanks, names, blanks).map("".join)
    header = st.tuples(blanks, words, blanks, names, blanks).map("".join)
    comment = st.tuples(blanks, st.just("#"), names).map("".join)
    return mixed((5, entry), (4, header), (1, comment), (1, blanks))


def texts_of(lines: st.SearchStrategy[str], end: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    text = st.lists(st.tuples(lines, end).map("".join), max_size=14).map("".join)
    return st.tuples(st.sampled_from(["", "", "", "\ufeff"]), text).map("".join)


@st.composite
def valid_texts(draw: st.DrawFn) -> str:
    """Draw the text of a valid file; lumps name only groups and earlier lumps."""
    sections: list[list[str]] = [draw(st.lists(hosts, min_size=1, max_size=4))]
    lumps: list[str] = []
    for name in draw(st.lists(st.sampled_from(GROUPS), max_size=6)):
        sections.append([f"GROUP:{name}", *draw(st.lists(hosts, max_size=4))])
    groups = [section[0][6:] for section in sections[1:]]
    for name in draw(st.lists(st.sampled_from(LUMPS), max_size=6)):
        earlier = [lump for lump in lumps if LUMPS.index(lump) < LUMPS.index(name)]
        below = [*SPECIAL, *groups, *earlier]
        lumps.append(name)
        sections.append([f"LUMP:{name}", *draw(st.lists(st.sampled_from(below), max_size=3))])
    orphans, *rest = sections
    lines = [*orphans, *(line for section in draw(st.permutations(rest)) for line in section)]
    end, before, after = draw(ends), draw(blanks), draw(blanks)
    return "".join(f"{before}{line}{after}{end}" for line in lines)


GROUPS = ["web", "db", "web.prod", "a__b", "0012", "R2", "gr-p", "groupie", "ß"]
LUMPS = ["all-web", "Sugar", "lumps", "db2", "both"]
hosts = st.sampled_from(
    ["one", "two", "one.baz.com", "Node3", "10.0.0.1", "::1", "web", "x:22", "grouped", "é.baz.com"]
)

likely_texts = texts_of(lines_of(words, names), ends)
odd_texts = texts_of(lines_of(odd_words, odd_names), odd_ends)
scrambled = st.text(
    st.sampled_from("GROUPLMgrouplmsa2:=# \t\n\r\0_.-@[]%é\ufeff\u200b\udce9"), max_size=30
)
any_texts = mixed((3, odd_texts), (3, likely_texts), (2, scrambled), (1, st.text()))


def parse_or_fail(text: str) -> Cluster | ClusterFileError:
    try:
        return parse(text)
    except ClusterFileError as error:
        return error


def contents(cluster: Cluster, names: list[str]) -> dict[str, tuple[str, ...]]:
    """Return the names of a cluster, and the hosts of each group."""
    facts = {f"group {name}": cluster.groups[name] for name in (*names, *SPECIAL)}
    facts |= {f"host {name}": cluster.hosts[name] for name in cluster.hosts}
    return facts | {"groups": tuple(cluster.groups), "hosts": tuple(cluster.hosts)}


def expected(reading: Reading) -> dict[str, tuple[str, ...]]:
    """Return the same for the naive reading."""
    groups, hosts = reading.groups, reading.hosts
    facts = {f"group {name}": tuple(reading.members(name)) for name in (*groups, *SPECIAL)}
    facts |= {f"host {name}": tuple(reading.belongs(name)) for name in hosts}
    return facts | {"groups": tuple(groups), "hosts": tuple(hosts)}


@given(any_texts)
@proportionate
@example("GROUP:__ALL__\na\n")
@example("# \udce9\na\n")
def test_any_text_is_parsed_or_refused(text: str) -> None:
    """Any text is either a readable cluster, or an error with problems in its lines."""
    result = parse_or_fail(text)
    if isinstance(result, Cluster):
        event("valid")
        assert contents(result, list(result.groups))
        return
    lines = text.removeprefix("\ufeff").split("\n")
    assert result.problems
    in_lines = [problem for problem in result.problems if problem.rule not in ABOUT_THE_FILE]
    about = result.problems[: len(result.problems) - len(in_lines)]
    assert all(problem[:2] == (1, 1) for problem in about)  # never too many problems here
    assert in_lines == sorted(in_lines)
    for line, column, message, rule in in_lines:
        assert 1 <= line <= len(lines)
        assert 1 <= column <= len(lines[line - 1])
        assert not lines[line - 1][column - 1].isspace() or rule == "invalid-name"
        assert message
        assert message[-1] != "."
        assert rule
    assert pickle.loads(pickle.dumps(result)).problems == result.problems
    assert str(result).startswith("<string>")


@given(any_texts)
@proportionate
@example("GROUP:__ALL__\na\n")
@example("GROUP:a\nLUMP:b\n__ALL__\n")
@example("# \udce9\na\n")
@example("a\n \x0c#\udce9\n")
@example("a\nGROUP:a\nGROUP:b\nLUMP:c\na b\n")
@example("a\nGROUP:a\nGROUP:b\nLUMP:c\na\x0cb\n")
def test_the_fast_path_agrees_with_the_line_reader(text: str) -> None:
    """Text proven valid has no problems line by line, and the same sections."""
    tidy = _tidy(text.removeprefix("\ufeff"))
    sections = split_sections(tidy)
    if not (_is_utf8(text) and _is_provably_valid(tidy, sections)):
        event("not proven")
        return
    event("proven")
    reader = LineReader(read_lines(text))
    assert not reader.problems
    assert flat(sections) == flat(split_sections(reader.canonical))


def flat(sections: Sections) -> list[tuple[str, bool, list[str]]]:
    return [(name, lump, text.split()) for name, lump, text in sections]


@given(any_texts)
@proportionate
@example("GROUP:__ALL__\na\n")
@example("# \udce9\na\n")
@example("LUMP:a\nb\nGROUP:a\nGROUP:b\nLUMP:b\na\n")
@example("LUMP:__all__\n__all__\n")
@example("GROUP:a\nLUMP:A\na\n")
@example("a\n:group:A\nGROUP:a\n")
@example("a\nGROUP:a\nGROUP:b\nLUMP:c\na b\n")
@example("h\nGROUP:web\nGROUP:WEB\nGROUP:Web\nGROUP:WEB\n")
@example("LUMP:all\nweb\ngroup:web\none\nlump:more\nall\nweb\n")
def test_a_naive_reading_refuses_the_same_lines(text: str) -> None:
    """The lines with a problem are those that the naive reading refuses."""
    reading = read_naively(text)
    result = parse_or_fail(text)
    problems = result.problems if isinstance(result, ClusterFileError) else ()
    loops = {problem.line for problem in problems if problem.rule == "lump-loop"}
    other = ("lump-loop", "other-format")
    assert {problem.line for problem in problems if problem.rule not in other} == reading.refused
    assert bool(loops) == reading.has_loop
    closing = [line for line in reading.lines if line.number in loops]
    assert all(line.section in reading.sections_of(line.name) for line in closing)
    reading.lines = [line for line in reading.lines if line not in closing]
    repeated = {(line.section, line.name) for line in closing}
    reading.lines = [line for line in reading.lines if (line.section, line.name) not in repeated]
    assert not reading.has_loop


@given(mixed((3, valid_texts()), (1, likely_texts)), st.booleans(), st.randoms())
@proportionate
def test_a_naive_reading_of_valid_files_agrees(
    text: str, hosts_first: bool, random: Random
) -> None:
    """A valid file means the same to the naive reading, in any order of look-ups."""
    cluster = parse_or_fail(text)
    if isinstance(cluster, ClusterFileError):
        event("refused")
        return
    event("valid")
    if hosts_first:
        assert cluster.hosts is cluster.hosts
    order = [*cluster.groups]
    random.shuffle(order)
    assert contents(cluster, order) == expected(read_naively(text))


@given(valid_texts())
@proportionate
def test_groups_do_not_depend_on_the_order_of_reading(text: str) -> None:
    """A group of a valid file is the same whether read first, last or from a pickle."""
    every = parse(text)
    for name in (*every.groups, *SPECIAL):
        first = parse(text)
        assert first.groups[name] == every.groups[name]
        assert pickle.loads(pickle.dumps(first)).groups[name] == every.groups[name]


def count(number: int, form: str) -> str:
    return "".join(form.format(i) for i in range(number))


GROWING: dict[str, Callable[[int], str]] = {
    "two hosts on every line": lambda n: "a b\n" * n,
    "unknown groups": lambda n: "LUMP:x\n" + count(n, "group-{}\n"),
    "unknown groups among many": lambda n: count(n, "GROUP:g{}\n") + "LUMP:x\n" + count(n, "h{}\n"),
    "misspelt headers": lambda n: "group web\n" * n,
    "a misspelt header of colons": lambda n: "group:x" + ":" * n + "y",
    "a misspelt header of blanks": lambda n: "group x" + " " * n + "y",
    "blanks after the word": lambda n: "group" + " " * n + "y",
    "hosts in two cases": lambda n: count(n, "h{0}\nH{0}\n"),
    "headers without a name": lambda n: "GROUP:\n" * n,
    "lumps that name each other": lambda n: "".join(f"LUMP:l{i}\nl{i + 1}\nl0\n" for i in range(n)),
    "one long entry": lambda n: "a " * n,
    "blank lines": lambda n: "\n" * n + "a b\n",
    "nothing but blank lines": lambda n: " \r\n" * n,
    "a section and blank lines": lambda n: "[a]" + "\n" * n + "x",
    "bytes that are not UTF-8": lambda n: "\udce9\n" * n,
}


@pytest.mark.parametrize("grow", GROWING.values(), ids=GROWING.keys())
def test_errors_are_found_in_linear_time(grow: Callable[[int], str]) -> None:
    """Ten times as much invalid text takes about ten times as long."""
    assert time_to_refuse(grow(20_000)) < 40 * time_to_refuse(grow(2_000)) + 0.1


def time_to_refuse(text: str) -> float:
    gc.collect()
    gc.disable()  # its time depends on the other tests
    try:
        start = time.process_time()
        with pytest.raises(ClusterFileError):
            parse(text)
        return time.process_time() - start
    finally:
        gc.enable()
