"""`python -m web`: build the site from this clone, or show it.

python -m web                writes public/
python -m web --one-file     and public/playground.html, the playground in one file that opens from a folder
python -m web --serve        shows public/ at http://127.0.0.1:8000
"""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .folders import PUBLIC, WORK


def main(arguments: list[str] | None = None) -> int:
    """Build or show the site."""
    parser = argparse.ArgumentParser(prog="python -m web", description="Build the site from this clone, or show it.")
    parser.add_argument("--to", type=Path, default=PUBLIC, metavar="FOLDER", help="the folder to write (public)")
    parser.add_argument(
        "--only", nargs="+", choices=PARTS, default=[*PARTS], help="some parts, beside those that are there"
    )
    parser.add_argument("--one-file", action="store_true", help="the playground as one file, too")
    parser.add_argument("--serve", action="store_true", help="show the folder; nothing is built")
    parser.add_argument("--port", type=int, default=8000)
    options = parser.parse_args(arguments)
    if options.serve:
        from .serve import serve

        serve(options.to, options.port)
        return 0
    begun = time.perf_counter()
    WORK.mkdir(parents=True, exist_ok=True)
    if len(options.only) == len(PARTS):
        shutil.rmtree(options.to, ignore_errors=True)
    with ThreadPoolExecutor(2) as both:  # Sphinx on one core, the rest on the other
        pages = both.submit(_part, "docs", options.to) if "docs" in options.only else None
        rest = both.submit(_parts, [part for part in options.only if part != "docs"], options.to)
        for one in (rest, pages):
            if one is not None:
                one.result()
    if options.one_file:
        from .onefile import build_one_file

        build_one_file(options.to)
    files = [one for one in options.to.rglob("*") if one.is_file()]
    size = sum(one.stat().st_size for one in files) / 1e6
    print(f"{options.to}: {len(files)} files, {size:.1f} MB, in {time.perf_counter() - begun:.0f} s")
    return 0


PARTS = ("docs", "runtime", "lite", "play")


def _parts(parts: list[str], public: Path) -> None:
    for part in parts:
        _part(part, public)


def _part(part: str, public: Path) -> None:
    """One part of the site, and how long it took. What makes it is loaded only for it."""
    begun = time.perf_counter()
    folder = public / part
    if part == "docs":
        from .pages import build_pages

        build_pages(public)
    elif part == "lite":
        from .course import build_course

        build_course(folder)
    else:
        from .runtime import build_runtime, fetch_packages

        fetch_packages()
        if part == "runtime":
            build_runtime(folder)
        else:
            from .playground import build_playground

            build_playground(folder)
    print(f"{time.perf_counter() - begun:5.0f} s  {part}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
