"""The project's own files: a release names one version, and workflows run what is there, pinned to what it is."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from ..making.readme import README, for_pypi
from ..making.release_notes import ROOT, notes

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def copy(folder: Path, changes: dict[str, tuple[str, str]]) -> Path:
    """The files that name a version, in another folder, with something in them replaced."""
    for name in ("CHANGELOG.md", "CITATION.cff", "pyproject.toml"):
        old, new = changes.get(name, ("", ""))
        text = (ROOT / name).read_text(encoding="utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1) if old else text, encoding="utf-8")
    return folder


def test_the_notes_of_a_release_are_its_section_of_the_changelog(tmp_path: Path) -> None:
    version = PROJECT["version"]
    text = f"## 9.9.9\n\nlater\n\n## {version} (2027-01-01)\n\n- this\n- and that\n\n## 0.0.1\n\nold\n"
    copy(tmp_path, {})
    (tmp_path / "CHANGELOG.md").write_text(text, encoding="utf-8")
    assert notes(version, tmp_path) == "- this\n- and that\n"


def test_what_the_readme_links_to_has_an_address_on_pypi() -> None:
    address = "https://github.com/someone/stepgrad"
    text = for_pypi(README.read_text(encoding="utf-8"), address, "v1.2.3")
    links = re.findall(r'\]\(([^)]+)\)|src(?:set)?="([^"]+)"', text)
    pages, pictures = ({one[kind] for one in links if one[kind]} for kind in (0, 1))
    assert {f"{address}/raw/v1.2.3/docs/player-{theme}.png" for theme in ("light", "dark")} == pictures
    assert f"{address}/blob/v1.2.3/docs/homework.md" in pages
    assert all(one.startswith("https://") for one in pages)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"pyproject.toml": ('\nversion = "', '\nversion = "7')}, "pyproject.toml has version 7"),
        ({"CITATION.cff": ("\nversion: ", "\nversion: 7")}, "CITATION.cff has another version"),
        ({"CHANGELOG.md": ("\n## ", "\n## 7")}, "CHANGELOG.md has no section ## "),
    ],
)
def test_a_version_that_is_not_the_same_everywhere_is_not_released(
    changes: dict[str, tuple[str, str]], words: str, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        notes(PROJECT["version"], copy(tmp_path, changes))


def test_what_the_changelog_calls_unreleased_is_not_released(tmp_path: Path) -> None:
    copy(tmp_path, {})
    (tmp_path / "CHANGELOG.md").write_text(f"## {PROJECT['version']} (unreleased)\n\n- this\n", encoding="utf-8")
    with pytest.raises(ValueError, match="unreleased: write the day of the release there"):
        notes(PROJECT["version"], tmp_path)


def test_there_are_workflows_for_every_push_every_night_and_every_release() -> None:
    assert {path.stem for path in WORKFLOWS} >= {"ci", "nightly", "release"}


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_actions_are_pinned_by_hash_and_say_their_version(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    used = re.findall(r"uses: (.+)", text)
    assert used
    for action in used:
        assert action.startswith("./.github/") or re.fullmatch(
            r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action
        ), action
    # Who may do what is said, and is to read, where no job needs more.
    assert "\npermissions:\n  contents: read\n" in text
    # What somebody else writes, such as a branch's name, is no part of a command.
    assert not re.findall(r"run:.*\$\{\{ *github\.(?:event|head_ref|ref_name)", text)


def test_every_python_that_the_package_names_is_tested_on_every_system() -> None:
    named = re.findall(r"Python :: (3\.\d+)", "\n".join(PROJECT["classifiers"]))
    ci = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    matrices = [re.findall(r'"([^"]+)"', one) for one in re.findall(r"python: \[(.+)\]", ci)]
    assert matrices == [named, named]
    for system in ("ubuntu-latest", "macos-latest", "windows-latest"):
        assert system in ci


def test_workflows_name_make_targets_and_modules_that_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    texts = [path.read_text(encoding="utf-8") for path in [*WORKFLOWS, ROOT / ".ci" / "run"]]
    targets = {name for text in texts for line in re.findall(r"target: \[(.+)\]", text) for name in line.split(", ")}
    targets |= {name for text in texts for name in re.findall(r'make PYTHON="\$python" ([\w-]+)', text)}
    assert {"test", "test-all", "bench", "lint"} <= targets
    for target in targets:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    for text in texts:
        for module in re.findall(r"python -m (tests[\w.]+)", text):
            assert (ROOT / f"{module.replace('.', '/')}.py").exists()


def test_the_site_is_published_after_a_release_by_the_name_that_the_workflow_has() -> None:
    site, release = (
        (ROOT / ".github" / "workflows" / f"{name}.yml").read_text("utf-8") for name in ("site", "release")
    )
    assert re.findall(r"workflows: \[(\w+)\]", site) == re.findall(r"^name: (\w+)$", release, re.MULTILINE)


def test_what_a_source_distribution_holds_is_there() -> None:
    for pattern in tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"][
        "targets"
    ]["sdist"]["include"]:
        assert list(ROOT.glob(pattern)), pattern
