"""Reading a cluster file from disk, and detecting changes."""

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
"""A function that changes the text of a file."""

both_readers = pytest.mark.parametrize("reader", [read, read_unchanged])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Write a cluster file with one host."""
    path = tmp_path / "x.cluster"
    path.write_text("one\n")
    return path


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the clock to a time when every file is settled."""
    monkeypatch.setattr(_source, "time_ns", lambda: time.time_ns() + 3_600_000_000_000)


def test_an_error_shows_the_path_as_given(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The path in an error is the path requested, relative or not."""
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
def test_unreadable_files_are_errors(tmp_path: Path, reader: Callable[[str], object]) -> None:
    """A missing file or a directory raises an OSError with its path."""
    for path, kind in ((tmp_path / "not", FileNotFoundError), (tmp_path, IsADirectoryError)):
        with pytest.raises(kind) as caught:
            reader(str(path))
        assert caught.value.filename == str(path)


@both_readers
def test_a_pipe_is_read_once(tmp_path: Path, reader: Callable[[str], Any]) -> None:
    """The content of a pipe is accepted at once, as it cannot be read again."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for text in ("one\n", "two\n"):
        writer = threading.Thread(target=pipe.write_text, args=(text,))
        writer.start()
        assert reader(str(pipe)).hosts == (text.strip(),)
        writer.join()


def test_an_unused_cluster_is_not_cached(path: Path, later: None) -> None:
    """A cluster without references is not kept in memory."""
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
def test_every_change_is_detected_at_once(path: Path, change: Change, when: str | None) -> None:
    """A change is detected even if neither size nor time differ."""
    kept = []
    for number in range(50):
        before = path.stat().st_mtime_ns
        change(path, f"h{number:03d}\n")
        if when:
            os.utime(path, ns=(0, TIMES[when](before)))
        kept.append(read_unchanged(str(path)))
        assert kept[-1].hosts == (f"h{number:03d}",)


@pytest.mark.usefixtures("later")
def test_a_later_change_is_detected(path: Path) -> None:
    """A settled file is cached, and read again only when it changes."""
    first = read_unchanged(str(path))
    assert read_unchanged(str(path)) is first
    assert read(path) is not first
    rewrite_and_restore_the_time(path, "a b\n")
    for _ in range(2):  # a refused file is not cached
        with pytest.raises(ClusterFileError):
            read_unchanged(str(path))
    rewrite_and_restore_the_time(path, "two\n")
    assert read_unchanged(str(path)).hosts == ("two",)
    assert first.hosts == ("one",)


@pytest.mark.parametrize(("age", "kept"), [(0, False), (2_000_000_000, False), (3 * 10**9, True)])
def test_a_fresh_file_is_not_cached(
    path: Path, monkeypatch: pytest.MonkeyPatch, age: int, kept: bool
) -> None:
    """A file whose next change could leave the same stamp is read every time, without waiting."""
    now = max(path.stat().st_mtime_ns, path.stat().st_ctime_ns)
    monkeypatch.setattr(_source, "time_ns", lambda: now + age)
    first = read_unchanged(str(path))
    assert (read_unchanged(str(path)) is first) is kept


def act_on_every_stat(monkeypatch: pytest.MonkeyPatch, action: Callable[[], object]) -> None:
    """Run an action after each `fstat` of an open file: before and after reading it."""
    fstat = os.fstat

    def stat_and_act(number: int) -> os.stat_result:
        status = fstat(number)
        action()
        return status

    monkeypatch.setattr(os, "fstat", stat_and_act)


@pytest.mark.parametrize("change", [Path.write_text, rewrite_and_restore_the_time])
def test_a_file_that_changes_during_reading_is_read_again(
    path: Path, monkeypatch: pytest.MonkeyPatch, change: Change
) -> None:
    """Content read during a write is discarded."""
    texts = ["two\n", "ten\n", "six\n", "end\n"]

    def write() -> None:
        if texts:
            change(path, texts.pop(0))

    act_on_every_stat(monkeypatch, write)
    assert read(path).hosts == ("end",)


def test_an_ever_changing_file_is_an_error(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that keeps changing while it is read is an error after several attempts."""
    numbers = iter(range(10**6))
    act_on_every_stat(monkeypatch, lambda: path.write_text(f"h{next(numbers)}\n"))
    with pytest.raises(OSError, match="keeps changing while it is read") as caught:
        read(path)
    assert caught.value.errno == errno.EBUSY
    assert caught.value.filename == str(path)
    assert 6 <= next(numbers) <= 2000
