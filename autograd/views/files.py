"""Files that are written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from warnings import warn


def write_whole(path: str | os.PathLike[str], data: bytes) -> None:
    """Write a file: even if the process is killed, the file holds either all of `data` or what it held before.

    A link stays, and what it points to is written. An old file keeps its owner, group and permissions; the temporary
    file next to it never permits more.

    Where no file can be made in the folder, the old file is overwritten in place, with a warning: an interruption would
    lose both contents. Raises OSError, naming `path`, if that fails too.
    """
    path = Path(path).resolve()
    if path.exists() and not path.is_file():  # a pipe or a terminal, say, which cannot be replaced
        path.write_bytes(data)
        return
    try:
        try:
            _replace(path, data)
        except PermissionError as error:
            _write_over(path, data, error)
    except OSError as error:  # it should name the file that was asked for, not the temporary one
        raise type(error)(error.errno, error.strerror or str(error), str(path)) from None


def _replace(path: Path, data: bytes) -> None:
    """Write a temporary file next to it, and rename that: a file system does this completely or not at all."""
    old = path.stat() if path.exists() else None
    beside = path.with_name(f".stepgrad-{os.urandom(8).hex()}.part")
    mode = 0o666 if old is None else old.st_mode & 0o600
    try:
        with open(beside, "xb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
            if old is not None:
                _give(beside, old)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _give(path: Path, old: os.stat_result) -> None:
    """Give a file the owner, group and permissions of the old one. Raises PermissionError if that is not allowed."""
    new = path.stat()
    if (new.st_uid, new.st_gid) != (old.st_uid, old.st_gid):
        os.chown(path, old.st_uid, old.st_gid)
    path.chmod(old.st_mode & 0o777)


def _write_over(path: Path, data: bytes, why: PermissionError) -> None:
    """Overwrite the file in place. Raises `why`, the reason it could not be replaced, if it cannot be opened either."""
    try:
        file = path.open("r+b")
    except OSError:
        raise why from None
    with file:
        warn(
            f"{path} is written over, not replaced in one step ({why.strerror}): should this be interrupted, neither "
            "the old file nor the new one is left. To be safe, save it in a folder in which you may make files",
            stacklevel=3,
        )
        file.write(data)
        file.truncate()
        file.flush()
        os.fsync(file.fileno())
