"""Reading a cluster file from the disk, and knowing when it has changed."""

from __future__ import annotations

import builtins
import errno
import gc
import os
import threading
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from dynaconf_cluster import ClusterFileError, _source, read
from dynaconf_cluster._source import _read_unchanged as read_unchanged


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


def test_a_file_is_read_by_any_kind_of_path(path: Path) -> None:
    """A path may be a string or a path object."""
    assert read(path).hosts == read(str(path)).hosts == ("one",)


def test_an_error_shows_the_path_as_it_was_given(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The path of an error is the one that was asked for, relative or not."""
    path.write_text("one two\n")
    monkeypatch.chdir(path.parent)
    for given in (path, str(path), "x.cluster", Path("x.cluster")):
        with pytest.raises(ClusterFileError) as caught:
            read(given)
        assert caught.value.path == os.fspath(given)
    with pytest.raises(ClusterFileError) as caught:
        read_unchanged("x.cluster")
    assert caught.value.path == "x.cluster"


@pytest.mark.parametrize("reader", [read, read_unchanged])
def test_a_missing_file_is_not_found(path: Path, reader: Callable[[str], object]) -> None:
    """A file that is not there is an error of the system, with its path."""
    with pytest.raises(FileNotFoundError) as caught:
        reader(f"{path}.not")
    assert caught.value.filename == f"{path}.not"


@pytest.mark.parametrize("reader", [read, read_unchanged])
def test_a_directory_can_not_be_read(tmp_path: Path, reader: Callable[[str], object]) -> None:
    """A directory is an error of the system, with its path."""
    with pytest.raises(IsADirectoryError) as caught:
        reader(str(tmp_path))
    assert caught.value.filename == str(tmp_path)


@pytest.mark.parametrize("reader", [read, read_unchanged])
def test_a_pipe_is_read_once(tmp_path: Path, reader: Callable[[str], Any]) -> None:
    """What comes through a pipe is believed at once, since it can not be read again."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for text in ("one\n", "two\n"):
        writer = threading.Thread(target=pipe.write_text, args=(text,))
        writer.start()
        assert reader(str(pipe)).hosts == (text.strip(),)
        writer.join()


def test_bytes_that_are_not_utf8_are_problems_of_the_file(path: Path) -> None:
    """A file in another encoding is refused like any other, not with a UnicodeDecodeError."""
    path.write_bytes("größe\n".encode("latin-1"))
    with pytest.raises(ClusterFileError, match=r":1:3: byte 0xf6 is not UTF-8 text"):
        read(path)


def test_an_unchanged_file_gives_the_same_cluster(path: Path, later: None) -> None:
    """A file that has not changed is neither read nor parsed again."""
    assert read_unchanged(str(path)) is (first := read_unchanged(str(path)))
    assert first.hosts == ("one",)
    assert read(path) is not first


def test_a_cluster_that_nobody_holds_is_forgotten(path: Path, later: None) -> None:
    """Nothing is kept of a large cluster beyond its use."""
    path.write_text("".join(f"host{number}\n" for number in range(2000)))
    cluster = read_unchanged(str(path))
    assert [*_source._known.values()].count(cluster) == 1
    number = id(cluster)
    del cluster
    gc.collect()
    assert number not in map(id, _source._known.values())


@pytest.mark.usefixtures("later")
def test_a_refused_file_is_refused_again(path: Path) -> None:
    """A file with problems is not remembered, and is read when it has become good."""
    path.write_text("a b\n")
    for _ in range(2):
        with pytest.raises(ClusterFileError):
            read_unchanged(str(path))
    path.write_text("a-b\n")
    assert read_unchanged(str(path)).hosts == ("a-b",)


def rewrite(path: Path, text: str) -> None:
    path.write_text(text)


def replace(path: Path, text: str) -> None:
    new = path.with_suffix(".new")
    new.write_text(text)
    new.replace(path)


def rewrite_and_restore_the_time(path: Path, text: str) -> None:
    status = path.stat()
    path.write_text(text)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def replace_and_restore_the_time(path: Path, text: str) -> None:
    status = path.stat()
    replace(path, text)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def unlink_and_write(path: Path, text: str) -> None:
    path.unlink()
    path.write_text(text)


def set_whole_seconds(path: Path, text: str) -> None:
    path.write_text(text)
    os.utime(path, ns=(0, time.time_ns() // 10**9 * 10**9))


def set_the_future(path: Path, text: str) -> None:
    path.write_text(text)
    os.utime(path, ns=(0, time.time_ns() + 10**15))


@pytest.mark.parametrize(
    "change",
    [
        rewrite,
        replace,
        rewrite_and_restore_the_time,
        replace_and_restore_the_time,
        unlink_and_write,
        set_whole_seconds,
        set_the_future,
    ],
)
def test_every_change_is_seen_however_quickly_it_came(
    path: Path, change: Callable[[Path, str], None]
) -> None:
    """A change is seen though the size is the same and no time has passed."""
    kept = []
    for number in range(50):
        change(path, f"h{number:03d}\n")
        kept.append(read_unchanged(str(path)))
        assert kept[-1].hosts == (f"h{number:03d}",)


@pytest.mark.usefixtures("later")
def test_a_change_after_a_while_is_seen(path: Path) -> None:
    """A file that was settled, and remembered, is read again when it changes."""
    first = read_unchanged(str(path))
    assert read_unchanged(str(path)) is first
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


class Reader(BytesIO):
    """An open file that does something when it is read."""

    def __init__(self, file: Any, when_read: Callable[[], object]) -> None:
        super().__init__(file.read())
        self.file = file
        self.when_read = when_read

    def fileno(self) -> int:
        return int(self.file.fileno())

    def read(self, size: int | None = -1) -> bytes:
        self.when_read()
        return super().read(size)

    def close(self) -> None:
        self.file.close()
        super().close()


@pytest.fixture
def while_reading(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Callable[[], object]], None]:
    """Return what makes something happen after a file is opened and before it is read."""
    original = builtins.open

    def while_reading(action: Callable[[], object]) -> None:
        def open_and_act(file: Any, mode: str = "r", *rest: Any, **options: Any) -> Any:
            opened = original(file, mode, *rest, **options)
            return Reader(opened, action) if file == path and mode == "rb" else opened

        monkeypatch.setattr(builtins, "open", open_and_act)

    return while_reading


@pytest.mark.parametrize("change", [rewrite, rewrite_and_restore_the_time])
def test_a_file_that_changes_while_it_is_read_is_read_again(
    path: Path,
    change: Callable[[Path, str], None],
    while_reading: Callable[[Callable[[], object]], None],
) -> None:
    """What was read while somebody wrote is not believed."""
    texts = ["two\n", "six\n"]
    read_so_far = []

    def write() -> None:
        read_so_far.append(1)
        if texts:
            change(path, texts.pop(0))

    while_reading(write)
    assert read(path).hosts == ("six",)
    assert len(read_so_far) >= 3


def test_a_file_that_never_stops_changing_is_an_error(
    path: Path, while_reading: Callable[[Callable[[], object]], None]
) -> None:
    """A file that always changes while it is read is given up after some attempts."""
    numbers = iter(range(10**6))
    while_reading(lambda: path.write_text(f"h{next(numbers)}\n"))
    with pytest.raises(OSError, match="keeps changing while it is read") as caught:
        read(path)
    assert caught.value.errno == errno.EBUSY
    assert caught.value.filename == str(path)
    assert 3 <= next(numbers) <= 1000
