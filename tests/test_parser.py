"""Valid cluster files, and the errors for invalid ones."""

from __future__ import annotations

import pickle
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from dynaconf_cluster import ClusterFileError, ClusterFileWarning, Problem, parse, read
from dynaconf_cluster._errors import SHOWN, quote
from dynaconf_cluster._problems import MOST
from dynaconf_cluster._syntax import fold

from .command import result, run

INVALID = Path(__file__).with_name("data") / "invalid"
NAMES = sorted({path.stem for path in INVALID.iterdir()})


def refuse(text: str) -> ClusterFileError:
    """Parse an invalid text, and return the error."""
    with pytest.raises(ClusterFileError) as caught:
        parse(text, "x.cluster")
    return caught.value


@pytest.mark.parametrize("name", NAMES)
def test_an_invalid_file_is_refused_with_the_expected_error(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that breaks a rule is refused with exactly the error in its text file."""
    monkeypatch.chdir(INVALID)
    with pytest.raises(ClusterFileError) as caught:
        read(f"{name}.cluster")
    assert str(caught.value) == Path(f"{name}.txt").read_text("utf-8").removesuffix("\n")
    assert caught.value.path == f"{name}.cluster"


FORMS = """
group lump.x groups GROUPIE LUMPY GROUP-1 group@one LUMP@two:22
0012 w_3 _x a.b-c- a.-b xn--bcher-kva.example 192.0.2.1 W1.Example.ORG größe münchen-4.example 東京
w2:1 w2:65535 admin@w1.example.org _apt@192.0.2.1:22 192.0.2.1:22 größe@größe:22 node end GROUPIE:22
::1 2001:db8::2 2001:DB8::A ::ffff:192.0.2.1 fe80::1%eth0 fe80::1%br-lan.2 root@::1
[::1] [2001:db8::1]:22 [fe80::1%eth0] [fe80::1%eth0]:22 root@[fe80::1%eth0]:22
""".replace(" ", "\n")
VALID: dict[str, tuple[str, str, str]] = {
    "no line end at the end": ("GROUP:web\none", "web", "one"),
    "line ends of both kinds": ("one\r\nGROUP:web\ntwo\r\n", "web", "one two"),
    "byte order mark before a header": ("\ufeffGROUP:web\none\n", "web", "one"),
    "byte order mark before a comment": ("\ufeff # all\none\n", "", "one"),
    "comments": ("# one\n  # two\n\t#three\n#\n#GROUP:web\n# a\0b\u200bc\rd\none\n", "", "one"),
    "white space around entries": ("  one\t\n\u00a0two\u2003\n\x0cthree\r\n", "", "one two three"),
    "white space in a header": (" \tGROUP: \tweb \n one\n", "web", "one"),
    "headers in a row": ("a\nGROUP:web\nGROUP:db\nLUMP:both\nLUMP:all", "web db both all", "a"),
    "group called like a header": ("a\nGROUP:LUMP\nLUMP:GROUP\nLUMP:x\n", "LUMP GROUP x", "a"),
    "hosts of all forms": (FORMS, "", FORMS),
    "groups of all forms": (
        "a\nGROUP:0_x\nGROUP:a.-b-\nLUMP:GROUP-1\n0_x\n",
        "0_x a.-b- GROUP-1",
        "a",
    ),
    "hosts called like groups": ("web\nDB\nGROUP:web\nweb\nGROUP:db\n", "web db", "web DB"),
    "host called like a special group": ("__all__\n__orphans__\n", "", "__all__ __orphans__"),
    "names that are not ASCII": ("größe\nGROUP:日本\nŻółw\n", "日本", "größe Żółw"),
    "lump of what comes later": ("LUMP:a\nb\nc\nLUMP:c\nGROUP:b\none\n", "a b c", "one"),
    "lump that two lumps name": ("one\nLUMP:a\nb\nc\nLUMP:b\nc\nLUMP:c\n", "a b c", "one"),
}


@pytest.mark.parametrize(("text", "groups", "hosts"), VALID.values(), ids=VALID.keys())
def test_a_valid_file_is_read(text: str, groups: str, hosts: str) -> None:
    """A valid file has the expected groups and hosts."""
    cluster = parse(text)
    assert cluster.groups == tuple(groups.split())
    assert cluster.hosts == tuple(hosts.split())


def test_all_problems_are_reported_in_line_order() -> None:
    """Problems of all rules are reported by line and column, counted from 1."""
    error = refuse("LUMP:x\n  wbe\none two\nGROUP:web\nOne\none\n\tgroup:db\n")
    assert [(problem.line, problem.column, problem.rule) for problem in error.problems] == [
        (2, 3, "unknown-group"),
        (3, 4, "invalid-name"),
        (6, 1, "case-conflict"),
        (7, 2, "misspelt-header"),
    ]
    assert all(isinstance(problem, Problem) for problem in error.problems)
    assert isinstance(error, ValueError)
    assert type(error).__module__ == "dynaconf_cluster"
    assert repr(error) == "<ClusterFileError: 4 problems in 'x.cluster'>"
    assert repr(refuse("a b")) == "<ClusterFileError: 1 problem in 'x.cluster'>"


INVALID_NAMES = """
-w5 .w5 @w5 %w5 $w5 /w5 !w5 * ~ w1; w1, w6: w1. w1@ w1/ w1* w1% w1]
a.b. a..b a+b a/b a|b a&b a:b a=b
a#b w2,w3 a@b@c web(1) w1=x 10.0.0.0/8 {{w8}} $(id) `id` https://w7 {this.x} %(x)s <w1> 'w1' "w4"
w1:0 w1:65536 w1:99999 w1:123456 w1:22:22 w1:٢٢ [::1]:0 [::1]: [w1]:22 1::2::3 fe80::1% fe80::1%e%1
: 1:2:3 [::1 ::1] [fe80::x] 12345::1 ::ffff:1.2.3 u\u0308 e\u0301.example \u0301 a\u200db a·
[10.0.0.1]:22 fe80::g a*b a$b a%b @none @jinja w[1-4] w[1] w{1..4} w1\x00 {}
""".split()
RANGES = "ranges are not expanded here: write every name out, one a line"
HINTS = {
    "a port is a number from 1 to 65535": ["w1:0", "[::1]:99999"],
    "this is no IPv6 address": ["1::2::3"],
    "brackets are for IPv6 addresses": ["[fe80::x]:22", "[w1]:22"],
    "leave out the dot at the end": ["w1.example.org."],
    "leave out one of the dots": ["a..b"],
    "write it composed (NFC), as 'é'": ["e\u0301"],
    "write the name of the host alone": ["https://w7/"],
    "write 'w4'": ['"w4",', "- w4"],
    "write 'w6', or 'GROUP:w6' above its hosts": ["w6:"],
    "a comment begins with '#'": ["; ours", "// ours"],
    "a comment needs a line of its own": ["w1#spare"],
    "a cluster file has no variables": ["w1 ansible_host=w2"],
    "write one name a line": ["w1,w2"],
    RANGES: ["w[1-4].x", "w{1,4}", "w[1..4]"],
    "groups are named below 'LUMP:', without the '@'": ["@web"],
    "use letters, digits, '_', '-' and '.'": ["=======", "$(id)"],
}


@pytest.mark.parametrize("name", INVALID_NAMES)
def test_invalid_names_are_refused(name: str) -> None:
    """Names that are special in a shell, a template or dynaconf are refused."""
    for text in (f"{name}\n", f"a\nGROUP:{name}\n", f"a\nLUMP:b\n__all__\n{name}\n"):
        for capitals in ("", "A.b\n"):
            assert refuse(f"{capitals}{text}").problems
    for where in ({"web": [name]}, {name: ["a"]}):
        with pytest.raises(ValueError, match=r"cluster\.groups\..*is not the name of"):
            parse("a\nGROUP:web\n").replace(where)


@pytest.mark.parametrize("advice", HINTS)
def test_invalid_names_have_advice(advice: str) -> None:
    """The error says what to write instead, for hosts and groups."""
    for entry in HINTS[advice]:
        message = refuse(entry).problems[-1].message
        assert message == f"{entry!r} is not the name of a host; {advice}"
        message = refuse(f"a\nLUMP:b\n{entry}\n").problems[-1].message
        instead = "write 'web'" if entry == "@web" else advice
        assert message == f"{entry!r} is not the name of a group; {instead}"


NO_ADDRESS = "no group has a user, a port or an address"
REFUSED = dict.fromkeys(
    ["", "\ufeff", "\n\r\n \n", "# nothing yet\n\n", "GROUP:a\nLUMP:b\na\n"], "1:1: no hosts"
)
REFUSED |= {
    f"w1\nLUMP:b\n{host}\n": f"3:{column}: {host!r} is not the name of a group; {NO_ADDRESS}"
    for host, column in {"w1:22": 3, "admin@w1": 6, "::1": 1, "[::1]:22": 1}.items()
}
REFUSED |= {
    "a\udce9": "1:2: byte 0xe9 is not UTF-8 text; save the file as UTF-8",
    f"a{chr(0xD800)}": "1:2: U+D800 is not UTF-8 text; save the file as UTF-8",
    f"a{chr(0xDC7F)}": "1:2: U+DC7F is not UTF-8 text; save the file as UTF-8",
    "h\nLUMP:a\nb\nc\nLUMP:b\nc\nLUMP:c\nd\nLUMP:d\nLUMP:e\nc\nf\nLUMP:f\ne\n": (
        "14:1: lump 'e' contains itself: 'e' -> 'f' -> 'e'"
    ),
    "h\n" + "".join(f"LUMP:l{i}\nl{(i + 1) % 20_000}\n" for i in range(20_000)): (
        "40001:1: lump 'l0' contains itself: "
        "'l0' -> 'l1' -> 'l2' -> 'l3' -> 'l4' -> 'l5' -> 19,993 more -> 'l19999' -> 'l0'"
    ),
}


def test_a_text_is_refused_for_one_problem() -> None:
    """A missing host, surrogates, and loops of any length are each reported in one short line."""
    for text, message in REFUSED.items():
        assert str(refuse(text)) == f"x.cluster:{message}"


def test_after_a_thousand_problems_reading_stops() -> None:
    """The last problem says so, and the text of the error stays short."""
    error = refuse("one two\n" * 2**17)
    lines = str(error).split("\n")
    assert [problem.line for problem in error.problems] == [*range(1, MOST + 1), MOST]
    assert len(lines) == SHOWN + 1
    message = "more than 1,000 problems; the rest was not read"
    assert lines[-1] == f"x.cluster:1000:4: {message}"
    assert error.problems[-1] == (1000, 4, message, "too-many-problems")
    assert refuse("one two\n" * MOST).problems[-1].line == MOST
    assert str(refuse("a b\n" * SHOWN)).count("\n") == SHOWN - 1  # no line for the rest
    # unknown groups are not reported, as the unread part may define them
    rules = {problem.rule for problem in refuse("h\nLUMP:a\nb\n" + "a b\n" * 1001).problems}
    assert rules == {"invalid-name", "too-many-problems"}
    error = refuse("h\nGROUP:web\nLUMP:all\n" + "wbe\n" * 2000)
    assert [problem.line for problem in error.problems] == [*range(4, 1004), 1003]
    message = "lump 'all' names unknown group 'wbe'"
    assert error.problems[0].message == f"{message}; did you mean 'web'?"
    assert error.problems[-2].message == message  # only the first ones get suggestions


@pytest.mark.parametrize("own", ["", "GROUP:l{0}\nh{0}\n"], ids=["alone", "with hosts"])
def test_lumps_nest_20000_deep(own: str) -> None:
    """Deeply nested lumps are resolved without recursion."""
    chain = "".join(f"LUMP:l{i}\nl{i + 1}\n{own.format(i)}" for i in range(20_000))
    cluster = parse(f"{chain}GROUP:l20000\nlast\n")
    assert cluster.groups["l19998"] == (("h19998", "h19999", "last") if own else ("last",))
    assert len(cluster.groups["l0"]) == (20_001 if own else 1)
    assert len(cluster.groups) == len(cluster.hosts["last"]) == 20_001
    # the groups of a host are resolved without those of all other hosts
    if own:
        assert cluster.hosts["h0"] == ("l0",)
        assert cluster.hosts["h1"] == ("l0", "l1")
        assert len(cluster._resolution._groups_of) == 3


MISSPELT = {
    "GROUP:web": [
        *("GROUP web", "GROUP\tweb", "GROUP web:", "GROUP : web", "GROUP :web", "GRUOPS:web"),
        *("Group:web", "group: web:", "gROUPS  web", "GROUPS:web", "GROP:web", "[GROUP:web]"),
        *("GRUOP:web", "GROUP;web", "GROUP=web", "gruop:web", "[web]", "[ web ]", "[web:vars]"),
        *("group:\u00a0web", "group:web\u00a0:"),
    ],
    "GROUP:22": ["group:22", "GRUOP:22", "GROUPS:22", "Groups:22"],
    "GROUP:name": ["group:a:b", "GROUP", "group:", "group =", "group/"],
    "LUMP:site": ["[site:children]", "lump:site"],
    "LUMP:web": ["LUMP web", "lump:web", "LUPM:web", "LUMSP:web", "LUMPS: web", "lump\u00a0web"],
    "LUMP:name": ["LUMP"],
}


@pytest.mark.parametrize("instead", MISSPELT)
def test_misspelt_headers(instead: str) -> None:
    """A line like a header is never a host, and the error shows the right spelling."""
    for entry in MISSPELT[instead]:
        message = f"{entry!r} is not spelt like a header; write {instead!r}"
        assert str(refuse(f"{entry}\n")).splitlines()[-1] == f"x.cluster:1:1: {message}"
        for capitals in ("", "Rack-1\n"):
            problems = refuse(f"one\n{entry}\n__all__\n{capitals}").problems
            assert (2, 1, message, "misspelt-header") in problems


def test_an_error_does_not_depend_on_the_hash_seed() -> None:
    """Every process reports the same error for the same file."""
    text = "GROUP:web.a\nGROUP:web.b\nGROUP:web.c\nGROUP:web.d\nGROUP:Web.A\nLUMP:x\nweb\n"
    program = (
        "import dynaconf_cluster\n"
        f"try: dynaconf_cluster.parse({text!r})\n"
        "except dynaconf_cluster.ClusterFileError as error: print(error)\n"
    )
    outputs = {result(run("python", "-c", program, PYTHONHASHSEED=seed)) for seed in "123"}
    assert len(outputs) == 1
    assert outputs.pop()


@pytest.mark.parametrize("protocol", [0, pickle.HIGHEST_PROTOCOL])
def test_errors_and_warnings_survive_pickling(protocol: int) -> None:
    """A pickled error keeps its problems, and a pickled warning its error."""
    error = refuse("one two\nGROUP:\n")
    warning = pickle.loads(pickle.dumps(ClusterFileWarning("turned bad", error), protocol))
    assert type(warning) is ClusterFileWarning
    assert isinstance(warning, UserWarning)
    assert str(warning) == "turned bad"
    for again in (warning.error, pickle.loads(pickle.dumps(error, protocol))):
        assert type(again) is ClusterFileError
        assert str(again) == str(error)
        assert again.path == error.path
        assert again.problems == error.problems
        assert type(again.problems[0]) is Problem


@pytest.mark.parametrize("end", ["==", ",", ".", " # x"])
def test_a_very_long_name_has_no_suggestion(end: str) -> None:
    """There is no suggestion for a very long line, even if it starts with a valid name."""
    text = f"{'a' * 1500}{end}"
    problem = refuse(text).problems[-1]
    assert problem.column == 1000
    assert not re.search("leave out|write '", problem.message)
    assert quote("x" * 60) == repr("x" * 60)  # longer texts are truncated
    assert quote("x" * 61) == repr("x" * 60) + "..."


def test_folding_matches_upper_case_keys() -> None:
    """`fold` is idempotent, and maps every character to the same in lower and upper case."""
    every = map(chr, range(sys.maxunicode + 1))
    for char in (char for char in every if not char == char.upper() == char.casefold()):
        folded = fold(char)
        assert fold(char.upper()) == fold(char.lower()) == fold(folded) == folded


def test_only_text_is_parsed() -> None:
    """Anything but text is a TypeError that names its type."""
    wrong: list[Any] = [b"one\n", None, ["one"]]
    for value in wrong:
        with pytest.raises(TypeError, match=rf"is {type(value).__name__}; expected str"):
            parse(value)
