"""The player in a real JupyterLab, trusted and not, light and dark: one server, with folders of its own."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

import pytest
from playwright.sync_api import Browser, Locator, Page

from autograd import draw, play
from autograd.extend import DRAWN
from nn import MLP, fit
from nn.articles import ARTICLES, one_sample
from nn.data import XOR
from nn.film import Film

from ..support.browser import contrast
from ..support.graphs import articles_loss, untrained

pytestmark = pytest.mark.slow

ROOT = articles_loss()[1]
PLAYED = play(ROOT, 0.1)
SENTENCES = [PLAYED.film.sentence(at) for at in range(len(PLAYED.film.shown))]
CELL = "from autograd import play\nfrom tests.support.graphs import articles_loss\n\nplay(articles_loss()[1], 0.1)"
PATIENCE = 30_000  # milliseconds; generous, for other tests run beside this one


class Lab:
    """A JupyterLab, and the folder of its notebooks."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.notebooks = folder / "notebooks"
        self.config, self.data = folder / "config", folder / "data"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}/"
        for one in (self.notebooks, self.config / "labconfig", self.data):
            one.mkdir(parents=True)
        # Neither news nor updates are looked for, by the page or by the server.
        off = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}
        (self.config / "labconfig" / "page_config.json").write_text(json.dumps(off))
        self.theme("light")

    def command(self) -> list[str]:
        return [
            *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
            *("--ip=127.0.0.1", f"--port={self.port}", "--ServerApp.port_retries=0"),
            *("--IdentityProvider.token=", "--ServerApp.password=", f"--ServerApp.root_dir={self.notebooks}"),
            *("--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"),
            "--LabApp.extension_manager=readonly",
        ]

    def environment(self) -> dict[str, str]:
        """Nothing that is the user's is read or written; the kernel finds this project."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "IPYTHON"))}
        return kept | {
            "JUPYTER_CONFIG_DIR": str(self.config),
            "JUPYTER_DATA_DIR": str(self.data),
            "JUPYTER_RUNTIME_DIR": str(self.folder / "runtime"),
            "IPYTHONDIR": str(self.folder / "ipython"),
            "HOME": str(self.folder),
            "JUPYTER_PREFER_ENV_PATH": "0",
            "PYTHONPATH": str(Path(__file__).parents[2]),
        }

    def theme(self, scheme: str) -> None:
        """The setting that the menu Settings, Theme writes."""
        folder = self.config / "lab" / "user-settings" / "@jupyterlab" / "apputils-extension"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "themes.jupyterlab-settings"
        path.write_text(json.dumps({"theme": f"JupyterLab {scheme.title()}", "adaptive-theme": False}))

    def write(self, name: str, outputs: list[Any], signed: bool) -> str:
        """A notebook: text, the cell with the player, and more text than a window shows."""
        import nbformat
        from nbformat.sign import NotebookNotary

        text: Any = nbformat.v4.new_markdown_cell
        code: Any = nbformat.v4.new_code_cell
        new: Any = nbformat.v4.new_notebook
        cells = [text("before"), code(CELL, outputs=outputs), *[text("after\n\n" * 9) for _ in range(9)]]
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        notebook = new(cells=cells, metadata={"kernelspec": kernel})
        path = self.notebooks / name
        nbformat.write(notebook, path)  # type: ignore[no-untyped-call]
        if signed:
            notary: Any = NotebookNotary(data_dir=str(self.data))  # type: ignore[no-untyped-call]
            notary.sign(nbformat.read(path, as_version=4))  # type: ignore[no-untyped-call]
            notary.store.close()
        return name

    def answers(self) -> bool:
        try:
            with build_opener(ProxyHandler({})).open(self.address + "api", timeout=5) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False


def shown(html: str) -> Any:
    """The output of a cell, as the notebook's file keeps it."""
    return output({"text/html": html, "text/plain": "the step player"})


def output(data: dict[str, Any]) -> Any:
    """What a cell shows."""
    import nbformat

    return nbformat.v4.new_output("display_data", data=data)  # type: ignore[no-untyped-call]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    one = Lab(tmp_path_factory.mktemp("lab"))
    log = one.folder / "log.txt"
    with log.open("w") as written:
        server = subprocess.Popen(one.command(), env=one.environment(), stdout=written, stderr=written)
    try:
        until = time.monotonic() + 60
        while not one.answers():
            assert server.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.2)
        yield one
    finally:
        server.terminate()  # it ends its kernels, too
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


@contextmanager
def opened(chromium: Browser, lab: Lab, name: str) -> Iterator[Page]:
    """A notebook in the lab. The page asks this server for all it needs, and no script in it fails."""
    context = chromium.new_context(viewport={"width": 1400, "height": 950})
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: complaints.append(request.url))
    page.goto(f"{lab.address}lab/tree/{name}?reset")
    page.locator(".jp-Notebook .jp-CodeCell").wait_for()
    page.locator(".jp-Notebook .jp-Cell").nth(10).wait_for(state="attached")  # the last: the lab adds them bit by bit
    yield page
    context.close()
    here = (lab.address, f"ws://127.0.0.1:{lab.port}/", "data:", "blob:")
    assert [one for one in complaints if not one.startswith(here)] == []


def themed(page: Page, scheme: str) -> None:
    page.locator(f'body[data-jp-theme-light="{json.dumps(scheme == "light")}"]').wait_for(state="attached")
    page.wait_for_function("getComputedStyle(document.body).getPropertyValue('--jp-layout-color0') !== ''")


def stays(page: Page) -> Any:
    """What must not change while the player is used: the cells, where they stand, and which is selected."""
    assert page.locator(".jp-Dialog").count() == 0
    return page.evaluate(
        """() => {
          const cells = [...document.querySelectorAll('.jp-Notebook .jp-Cell')];
          const places = (name) => cells.flatMap((cell, at) => cell.classList.contains(name) ? [at] : []);
          return {
            tops: cells.slice(0, 2).map((cell) => cell.getBoundingClientRect().top), // what is below may still load
            active: places('jp-mod-active'), selected: places('jp-mod-selected'),
            kinds: cells.map((cell) => cell.classList.contains('jp-CodeCell')),
            source: cells[1].querySelector('.cm-content').innerText,
            outputs: document.querySelectorAll('.jp-OutputArea-output').length,
            scrolled: [...document.querySelectorAll('.jp-NotebookPanel *')].map((one) => one.scrollTop)
              .filter((top) => top > 0),
          };
        }"""
    )


def step(player: Locator) -> int:
    number = int(player.get_by_role("slider").get_attribute("aria-valuenow") or 0)
    assert player.locator(".words").inner_text() == SENTENCES[number - 1]
    return number


def steps_by_key(page: Page) -> None:
    """All keys of the player, and those that would be commands of the notebook: it does not notice any of them."""
    player = page.locator(".stepgrad-player")
    last = len(SENTENCES)
    player.locator(".count").click()  # as a reader does: it makes the cell the active one
    page.wait_for_function("document.querySelector('.jp-CodeCell').classList.contains('jp-mod-active')")
    before = stays(page)
    assert before["active"] == before["selected"] == [1]
    player.get_by_role("slider").focus()
    wanted = [("Home", 1), ("ArrowRight", 2), ("ArrowRight", 3), ("ArrowLeft", 2), ("End", last), ("Home", 1)]
    for key, number in wanted:
        page.keyboard.press(key)
        assert step(player) == number
        assert stays(page) == before, key
    page.keyboard.press(" ")  # plays
    player.get_by_role("button", name="Pause").wait_for()
    page.keyboard.press(" ")
    player.get_by_role("button", name="Play", exact=True).wait_for()
    # To the notebook: the next cell, a new one, cut, delete, as text, another kernel, hide what was printed, edit.
    for key in ("j", "k", "a", "b", "x", "d", "d", "m", "0", "0", "o", "Enter"):
        page.keyboard.press(key)
    page.wait_for_timeout(200)
    assert stays(page) == before
    # Up and down scroll, as they do on any page, and a field is brought into sight; the notebook's cell stays the same.
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    field = player.locator("input[data-leaf]").first
    field.focus()
    page.keyboard.type("0.00")
    # All of it is selected, cut and pasted twice: it is the text, and no cell.
    for key in ("a", "x", "v", "v", "z", "v"):
        page.keyboard.press(f"Control+{key}")
    page.wait_for_timeout(200)
    assert set(field.input_value()) == {"0", "."}
    page.keyboard.press("Escape")
    page.wait_for_timeout(200)
    for name in ("active", "selected", "kinds", "source", "outputs"):
        assert stays(page)[name] == before[name]


def hexadecimal(colour: str) -> str:
    return "#" + "".join(f"{int(part):02x}" for part in re.findall(r"\d+", colour)[:3])


def ground_of(page: Page) -> str:
    """The colour of the lab behind a cell's output."""
    name = "getComputedStyle(document.querySelector('.jp-NotebookPanel-notebook')).backgroundColor"
    return hexadecimal(page.evaluate(name))


def ground_seen(place: Locator) -> str:
    """The colour that most pixels of something have, as it is seen."""
    from PIL import Image

    with Image.open(BytesIO(place.screenshot())) as seen:
        colours = seen.convert("RGB").getcolors(1 << 24)
    assert colours
    most: Any = max(colours)[1]
    return "#" + "".join(f"{part:02x}" for part in most)


READ = (".words", ".count", ".formula", ".code li:not(.lit)", ".card .name", ".card .data", ".pill .name")


def colours_of(page: Page) -> dict[str, tuple[str, str]]:
    """Of each text that is read: its colour, and that of the nearest ground behind it."""
    found: Any = page.evaluate(
        """(read) => Object.fromEntries(read.map((selector) => {
          const text = document.querySelector('.stepgrad-player').shadowRoot.querySelector(selector);
          const isClear = (one) => /, 0\\)$/.test(getComputedStyle(one).backgroundColor);
          let behind = text;
          while (isClear(behind)) behind = behind.parentElement || behind.getRootNode().host;
          return [selector, [getComputedStyle(text).color, getComputedStyle(behind).backgroundColor]];
        }))""",
        READ,
    )
    return {name: (hexadecimal(text), hexadecimal(behind)) for name, (text, behind) in found.items()}


def run(page: Page) -> None:
    """Run the cell; while the lab is still opening it may take the focus back, so this is done until it runs."""
    for _ in range(10):
        page.locator(".jp-CodeCell .cm-content").click()
        page.keyboard.press("Control+Enter")
        page.wait_for_timeout(1000)
        assert page.locator(".jp-Dialog").all_inner_texts() == []
        if re.search(r"[*\d]", page.locator(".jp-CodeCell .jp-InputPrompt").first.inner_text()):
            return
    pytest.fail("the cell does not run")


def test_in_a_cell_that_is_run(chromium: Browser, lab: Lab) -> None:
    lab.theme("light")
    with opened(chromium, lab, lab.write("run.ipynb", [], signed=False)) as page:
        assert page.locator(".stepgrad-player").count() == 0
        page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()  # before, the lab asks which kernel is meant
        run(page)
        page.locator(".stepgrad-player").get_by_role("slider").wait_for()
        assert page.get_by_text("run the cell").count() == 0
        steps_by_key(page)


def test_in_a_signed_notebook_it_steps_and_follows_the_theme(chromium: Browser, lab: Lab) -> None:
    drawn = output(draw(ROOT)._repr_mimebundle_())
    name = lab.write("signed.ipynb", [shown(PLAYED._repr_html_()), drawn], signed=True)
    colours = {}
    for scheme in ("light", "dark"):
        lab.theme(scheme)
        with opened(chromium, lab, name) as page:
            themed(page, scheme)
            player = page.locator(".stepgrad-player")
            player.get_by_role("slider").wait_for()
            page.wait_for_function(f"document.querySelector('.stepgrad-player').dataset.theme === '{scheme}'")
            if scheme == "dark":
                steps_by_key(page)
            colours[scheme] = colours_of(page)
            for selector, (text, behind) in colours[scheme].items():
                assert contrast(text, behind) >= 4.5, (scheme, selector, text, behind)
            # No slab: the player, its picture, and the image that `draw` makes have the lab's own ground.
            ground = ground_of(page)
            assert ground == {"light": "#ffffff", "dark": "#111111"}[scheme]
            for place in (player, player.locator(".picture"), page.locator(".jp-RenderedSVG")):
                assert ground_seen(place) == ground, scheme
    for selector in READ:
        text, behind = colours["dark"][selector]
        assert text != colours["light"][selector][0], selector
        assert contrast(behind, "#000000") < 3 < contrast(colours["light"][selector][1], "#000000"), selector


@pytest.mark.parametrize("name", sorted(ARTICLES))
def test_the_whole_graph_is_visible_in_a_cell(chromium: Browser, lab: Lab, name: str) -> None:
    """Without scrolling, at every step; and the stage is no higher than what a window shows of a notebook."""
    lab.theme("light")
    html = play(one_sample(name, untrained(name)), 0.1)._repr_html_()
    with opened(chromium, lab, lab.write(f"{name}.ipynb", [shown(html)], signed=True)) as page:
        page.locator(".stepgrad-player").get_by_role("slider").wait_for()
        page.wait_for_timeout(500)  # until the cell has its width
        found = page.evaluate(
            """() => {
              const find = (selector) => document.querySelector('.stepgrad-player').shadowRoot.querySelector(selector);
              const hidden = [];
              for (;;) {
                const { scrollWidth, clientWidth, scrollHeight, clientHeight } = find('.picture');
                hidden.push(Math.max(scrollWidth - clientWidth, scrollHeight - clientHeight));
                if (find('.on').getAttribute('aria-disabled') === 'true') break;
                find('.on').click();
              }
              const panel = document.querySelector('.jp-NotebookPanel-notebook');
              const [player, picture] = [find('.player'), find('.picture')];
              return [Math.max(...hidden), player.offsetHeight, panel.clientHeight, picture.clientWidth];
            }"""
        )
        most, stage, panel, width = found
        assert width > 500, "picture and formula stand beside each other"
        assert most <= 2, found
        assert stage <= panel, found


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_in_a_notebook_that_is_not_trusted(chromium: Browser, lab: Lab, scheme: str) -> None:
    """One image, the sentences, and how to get the player: none of its script, run or read."""
    lab.theme(scheme)
    with opened(chromium, lab, lab.write(f"{scheme}.ipynb", [shown(PLAYED._repr_html_())], signed=False)) as page:
        themed(page, scheme)
        output = page.locator(".jp-OutputArea-output")
        image = output.locator("img")
        image.wait_for()
        assert output.count() == image.count() == 1
        assert output.evaluate("(one) => one.querySelector('img').naturalWidth") > 500
        assert output.get_by_text("run the cell").is_visible()
        assert output.locator("tr").all_inner_texts() == SENTENCES
        # Nothing else is there to be read, and no player is built.
        words = "\n".join([*output.locator("p").all_inner_texts(), *SENTENCES])
        assert output.inner_text().split() == words.split()
        assert output.locator("script").count() == 0
        assert output.evaluate("(one) => [...one.querySelectorAll('*')].every((inside) => !inside.shadowRoot)")
        assert page.get_by_role("slider").count() == 0
        # The picture and the sentences are read on the lab's own ground.
        assert ground_seen(image) == ground_of(page)
        text = hexadecimal(output.locator("p").evaluate("(one) => getComputedStyle(one).color"))
        assert contrast(text, ground_of(page)) >= 4.5


# The training player -------------------------------------------------------------------------------------------------


def test_a_film_is_watched_where_the_notebook_is_trusted_and_told_where_not(chromium: Browser, lab: Lab) -> None:
    net = MLP(2, [3, 1], seed=1)
    film = fit(net, *XOR, epochs=50, film=True).film
    with opened(chromium, lab, lab.write("film.ipynb", [shown(film._repr_html_())], signed=True)) as page:
        page.locator(".film[data-ready]").wait_for(state="attached")
        page.locator(".film h2").click()
        page.get_by_role("slider").focus()
        page.wait_for_timeout(200)  # it is brought into sight
        before = stays(page)
        # To the notebook: the next cell, a new one, cut, delete, another kernel, edit.
        for key in ("End", "j", "a", "x", "d", "d", "0", "0", "Enter"):
            page.keyboard.press(key)
        page.wait_for_timeout(200)
        assert stays(page) == before
        assert (page.get_by_role("slider").get_attribute("aria-valuetext") or "").startswith("Epoch 50 of 50: loss ")
        page.get_by_role("button", name="Step through").press("Enter")
        page.locator(".step-player .words").wait_for()
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Step through it at epoch 50").wait_for()
    with opened(chromium, lab, lab.write("film-untrusted.ipynb", [shown(film._repr_html_())], signed=False)) as page:
        output = page.locator(".jp-OutputArea-output")
        output.locator("table").wait_for()
        assert output.locator("img").get_attribute("alt") == poster_words(film)
        assert output.locator("tbody tr").count() == 10


def poster_words(film: Film) -> str:
    first, last = film.curve[0][1], film.curve[-1][1]
    return f"The loss of MLP 2-3-1 over 50 epochs, from {DRAWN.figure(first)} to {DRAWN.figure(last)}"
