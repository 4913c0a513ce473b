"""Files that are written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path
from warnings import warn


def write_whole(path: str | os.PathLike[str], data: bytes) -> None:
    """Write a file: whatever happens meanwhile, also a kill, it holds all of `data` or what it held before.

    What a link points to is written, and the link stays. So do the owner, the group and the permissions of a file that
    is there already, and what is written beside it meanwhile permits nobody more.

    Where that cannot be had, as for a file in a folder in which nothing may be made, the file itself is written over,
    and a warning says so: interrupted, it would hold neither. Raises OSError, naming `path`, where that fails too.
    """
    path = Path(path).resolve()
    if path.exists() and not path.is_file():  # a pipe or a terminal, say, into which nothing can be moved
        path.write_bytes(data)
        return
    try:
        try:
            _replace(path, data)
        except PermissionError as error:
            _write_over(path, data, error)
    except OSError as error:  # about the file that was asked for, not the one beside it
        raise type(error)(error.errno, error.strerror or str(error), str(path)) from None


def _replace(path: Path, data: bytes) -> None:
    """Write beside the file and move that to its place, in one step, which a file system does whole or not at all."""
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
    """Give a file the owner, the group and the permissions of the old one. Raises PermissionError where it may not."""
    new = path.stat()
    if (new.st_uid, new.st_gid) != (old.st_uid, old.st_gid):
        os.chown(path, old.st_uid, old.st_gid)
    path.chmod(old.st_mode & 0o777)


def _write_over(path: Path, data: bytes, why: PermissionError) -> None:
    """Write the file itself. Raises `why`, for which it could not be replaced, where that may not be done either."""
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
