"""Files that are written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path


def write_whole(path: str | os.PathLike[str], data: bytes) -> None:
    """Write a file: whatever happens meanwhile, also a kill, it holds all of `data` or what it held before.

    What a link points to is written, and the link stays; so does what the file permits. Raises OSError, naming `path`,
    where it cannot be written.
    """
    path = Path(path).resolve()
    if path.exists() and not path.is_file():  # a pipe or a terminal, say, into which nothing can be moved
        path.write_bytes(data)
        return
    # Beside its place, and then moved there in one step, which a file system does whole or not at all.
    beside = path.with_name(f".stepgrad-{os.urandom(8).hex()}.part")
    try:
        with beside.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            beside.chmod(path.stat().st_mode & 0o777)
        beside.replace(path)
    except OSError as error:  # about the file that was asked for, not the one beside it
        raise type(error)(error.errno, error.strerror or str(error), str(path)) from None
    finally:
        beside.unlink(missing_ok=True)
