"""Files that are written whole or not at all; what happens to a process that is killed meanwhile is in test_saving."""

from __future__ import annotations

import os
import threading
from pathlib import Path

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
