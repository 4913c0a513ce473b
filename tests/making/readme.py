"""python -m tests.making.readme https://github.com/OWNER/NAME v1.2.3: makes README.md the text that PyPI shows.

PyPI has no folder beside the text: every link to a file, and every picture, becomes the address of that file in this
release.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

README = Path(__file__).parents[2] / "README.md"


def for_pypi(text: str, repository: str, tag: str) -> str:
    """The text with whole addresses."""

    def whole(found: re.Match[str]) -> str:
        return f"{found[1]}{repository}/{'blob' if found[1] == '](' else 'raw'}/{tag}/{found[2]}"

    return re.sub(r'(\]\(|src="|srcset=")(?!https?:)([^)"]+)', whole, text)


if __name__ == "__main__":
    README.write_text(for_pypi(README.read_text(encoding="utf-8"), *sys.argv[1:]), encoding="utf-8")
