"""Reading a cluster file from the disk, and knowing when it has changed."""

from __future__ import annotations

import errno
import gc
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dynaconf_cluster import ClusterFileError, _source, read
from dynaconf_cluster._source import _read_unchanged as read_unchanged

Change = Callable[[Path, str], object]
"""What gives a file another text."""

both_readers = pytest.mark.parametrize("reader", [read, read_unchanged])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Write a cluster file of one host."""
    path = tmp_path / "x.cluster"
    path.write_text("one\n")
    return path


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the clock stand at a time at which every file is long settled."""
    monkeypatch.setattr(_source, "time_ns", lambda: time.time_ns() + 3_600_000_000_000)


def test_an_error_shows_the_path_as_given(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The path of an error is the one that was asked for, relative or not."""
    path.write_text("one two\n")
    monkeypatch.chdir(path.parent)
    for given in (path, str(path), "x.cluster"):
        with pytest.raises(ClusterFileError) as caught:
            read(given)
        assert caught.value.path == os.fspath(given)
    with pytest.raises(ClusterFileError) as caught:
        read_unchanged("x.cluster")
    assert caught.value.path == "x.cluster"


@both_readers
def test_what_is_no_file_can_not_be_read(tmp_path: Path, reader: Callable[[str], object]) -> None:
    """A file that is not there or a directory is an error of the system, with its path."""
    for path, kind in ((tmp_path / "not", FileNotFoundError), (tmp_path, IsADirectoryError)):
        with pytest.raises(kind) as caught:
            reader(str(path))
        assert caught.value.filename == str(path)


@both_readers
def test_a_pipe_is_read_once(tmp_path: Path, reader: Callable[[str], Any]) -> None:
    """What comes through a pipe is believed at once, since it can not be read again."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for text in ("one\n", "two\n"):
        writer = threading.Thread(target=pipe.write_text, args=(text,))
        writer.start()
        assert reader(str(pipe)).hosts == (text.strip(),)
        writer.join()


def test_a_cluster_that_nobody_holds_is_forgotten(path: Path, later: None) -> None:
    """Nothing is kept of a large cluster beyond its use."""
    path.write_text("".join(f"host{number}\n" for number in range(2000)))
    cluster = read_unchanged(str(path))
    assert [*_source._known.values()].count(cluster) == 1
    number = id(cluster)
    del cluster
    gc.collect()
    assert number not in map(id, _source._known.values())


def replace(path: Path, text: str) -> None:
    new = path.with_suffix(".new")
    new.write_text(text)
    new.replace(path)


def rewrite_and_restore_the_time(path: Path, text: str) -> None:
    status = path.stat()
    path.write_text(text)
    os.utime(path, ns=(0, status.st_mtime_ns))


TIMES: dict[str, Callable[[int], int]] = {
    "restored": lambda before: before,
    "whole seconds": lambda _: time.time_ns() // 10**9 * 10**9,
    "future": lambda _: time.time_ns() + 10**15,
}


@pytest.mark.parametrize("change", [Path.write_text, replace])
@pytest.mark.parametrize("when", [None, *TIMES])
def test_every_change_is_seen_at_once(path: Path, change: Change, when: str | None) -> None:
    """A change is seen though the size is the same and no time has passed."""
    kept = []
    for number in range(50):
        before = path.stat().st_mtime_ns
        change(path, f"h{number:03d}\n")
        if when:
            os.utime(path, ns=(0, TIMES[when](before)))
        kept.append(read_unchanged(str(path)))
        assert kept[-1].hosts == (f"h{number:03d}",)


@pytest.mark.usefixtures("later")
def test_a_change_after_a_while_is_seen(path: Path) -> None:
    """A file that was settled, and remembered, is read again when it changes, and not before."""
    first = read_unchanged(str(path))
    assert read_unchanged(str(path)) is first
    assert read(path) is not first
    rewrite_and_restore_the_time(path, "a b\n")
    for _ in range(2):  # a refused file is not remembered
        with pytest.raises(ClusterFileError):
            read_unchanged(str(path))
    rewrite_and_restore_the_time(path, "two\n")
    assert read_unchanged(str(path)).hosts == ("two",)
    assert first.hosts == ("one",)


@pytest.mark.parametrize(("age", "kept"), [(0, False), (2_000_000_000, False), (3 * 10**9, True)])
def test_a_fresh_file_is_not_remembered(
    path: Path, monkeypatch: pytest.MonkeyPatch, age: int, kept: bool
) -> None:
    """A file whose next change could leave the same stamp is read every time, but at once."""
    now = max(path.stat().st_mtime_ns, path.stat().st_ctime_ns)
    monkeypatch.setattr(_source, "time_ns", lambda: now + age)
    first = read_unchanged(str(path))
    assert (read_unchanged(str(path)) is first) is kept


def act_at_every_look(monkeypatch: pytest.MonkeyPatch, action: Callable[[], object]) -> None:
    """Have something happen after each look at an open file: before it is read, and after it."""
    fstat = os.fstat

    def look_and_act(number: int) -> os.stat_result:
        status = fstat(number)
        action()
        return status

    monkeypatch.setattr(os, "fstat", look_and_act)


@pytest.mark.parametrize("change", [Path.write_text, rewrite_and_restore_the_time])
def test_a_file_that_changes_while_it_is_read_is_read_again(
    path: Path, monkeypatch: pytest.MonkeyPatch, change: Change
) -> None:
    """What was read while somebody wrote is not believed."""
    texts = ["two\n", "ten\n", "six\n", "end\n"]

    def write() -> None:
        if texts:
            change(path, texts.pop(0))

    act_at_every_look(monkeypatch, write)
    assert read(path).hosts == ("end",)


def test_a_restless_file_is_an_error(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that always changes while it is read is given up after some attempts."""
    numbers = iter(range(10**6))
    act_at_every_look(monkeypatch, lambda: path.write_text(f"h{next(numbers)}\n"))
    with pytest.raises(OSError, match="keeps changing while it is read") as caught:
        read(path)
    assert caught.value.errno == errno.EBUSY
    assert caught.value.filename == str(path)
    assert 6 <= next(numbers) <= 2000
