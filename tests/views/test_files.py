"""Files that are written whole or not at all; what happens to a process that is killed meanwhile is in test_saving."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from autograd.extend import write_whole

POSIX = pytest.mark.skipif(os.name != "posix", reason="what a file permits, and named pipes, are other things here")


def test_a_file_is_written_and_written_over(tmp_path: Path) -> None:
    path = tmp_path / "x"
    for data in (b"", b"one\r\n", bytes(range(256)) * 1000):
        write_whole(path, data)
        assert path.read_bytes() == data
    assert list(tmp_path.iterdir()) == [path]


@POSIX
def test_what_a_file_permits_stays_and_a_new_one_permits_what_others_do(tmp_path: Path) -> None:
    path, other = tmp_path / "x", tmp_path / "other"
    other.touch()
    write_whole(path, b"1")
    assert path.stat().st_mode == other.stat().st_mode
    path.chmod(0o640)
    write_whole(path, b"2")
    assert path.stat().st_mode & 0o777 == 0o640


@POSIX
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o444, 0o200, 0o755])
def test_at_no_moment_may_anybody_read_or_write_more_than_before(mode: int, tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_bytes(b"old")
    path.chmod(mode)
    seen: set[str] = set()

    def look(frame: Any, event: str, argument: object) -> Any:
        for name in os.listdir(tmp_path):  # noqa: PTH208 -- Path.iterdir is traced itself
            seen.add(name)
            assert os.stat(tmp_path / name).st_mode & 0o777 & ~mode == 0, (name, frame.f_lineno)  # noqa: PTH116 -- so is Path.stat
        return look

    before = sys.gettrace()
    umask = os.umask(0)
    sys.settrace(look)
    try:
        write_whole(path, b"new")
    finally:
        sys.settrace(before)
        os.umask(umask)
    assert len(seen) == 2  # the file, and the one that was written beside it
    assert path.stat().st_mode & 0o777 == mode
    path.chmod(0o600)
    assert path.read_bytes() == b"new"


@contextmanager
def nobody(folder: Path) -> Iterator[None]:
    """Inside, this process is nobody in particular, whom permissions bind as they do not bind root."""
    if os.geteuid():
        yield
        return
    os.chown(folder, 65534, 65534)
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that nobody can reach, unlike pytest's own."""
    made = Path(tempfile.mkdtemp())
    try:
        yield made
    finally:
        made.chmod(0o700)
        shutil.rmtree(made)


@POSIX
@pytest.mark.parametrize("data", [b"", b"new", b"longer than the old one"])
def test_a_writable_file_in_a_read_only_folder_is_written_over_and_that_is_said(data: bytes, folder: Path) -> None:
    with nobody(folder):
        path = folder / "x"
        path.write_bytes(b"what was there")
        path.chmod(0o640)
        folder.chmod(0o555)
        with pytest.warns(
            UserWarning, match=r"x is written over, not replaced in one step \(Permission denied\)"
        ) as said:
            write_whole(path, data)
        assert Path(said[0].filename).name == Path(__file__).name
        assert path.read_bytes() == data
        assert path.stat().st_mode & 0o777 == 0o640
        assert list(folder.iterdir()) == [path]


@POSIX
def test_what_may_not_be_written_at_all_is_refused_and_stays(folder: Path) -> None:
    with nobody(folder):
        path = folder / "x"
        path.write_bytes(b"old")
        path.chmod(0o444)
        folder.chmod(0o555)
        for name in ("x", "new"):
            with pytest.raises(PermissionError) as caught:
                write_whole(folder / name, b"new")
            assert caught.value.filename == str(folder / name)
        assert path.read_bytes() == b"old"


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root may give files to others")
def test_owner_and_group_stay(folder: Path) -> None:
    path = folder / "x"
    path.write_bytes(b"old")
    os.chown(path, 12345, 54321)
    path.chmod(0o640)
    write_whole(path, b"new")
    assert (path.stat().st_uid, path.stat().st_gid, path.stat().st_mode & 0o777) == (12345, 54321, 0o640)
    # Who may not give it to its owner writes it over.
    path.chmod(0o666)
    with nobody(folder), pytest.warns(UserWarning, match="is written over"):
        write_whole(path, b"newer")
    assert (path.stat().st_uid, path.stat().st_gid, path.read_bytes()) == (12345, 54321, b"newer")
    assert list(folder.iterdir()) == [path]


@POSIX
def test_writing_in_many_threads_leaves_the_umask_alone(tmp_path: Path) -> None:
    def write(number: int) -> None:
        for place in range(40):
            write_whole(tmp_path / f"{number}-{place}", b"x")

    before = os.umask(0o027)
    try:
        threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert {one.stat().st_mode & 0o777 for one in tmp_path.iterdir()} == {0o640}
        assert len(list(tmp_path.iterdir())) == 320
    finally:
        assert os.umask(before) == 0o027


@POSIX
def test_a_pipe_is_written_into(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    write_whole(pipe, b"through")
    reader.join()
    assert read == [b"through"]
    assert pipe.is_fifo()


def test_an_error_names_the_file_that_was_asked_for(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        write_whole(tmp_path / "nowhere" / "x", b"1")
    assert caught.value.filename == str(tmp_path / "nowhere" / "x")
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError, match="folder") as other:
        write_whole(tmp_path / "folder", b"1")
    assert other.value.filename == str(tmp_path / "folder")
    assert [one.name for one in tmp_path.iterdir()] == ["folder"]
