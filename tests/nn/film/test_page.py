"""The film in a browser: what it computes, every control and key, themes, sizes, and what is there without scripts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from autograd import Value
from nn import (
    MLP,
    SGD,
    Adam,
    Neuron,
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    fit,
    half_squared_error,
    hinge,
    mean_squared_error,
    softmax,
    spirals,
    two_moons,
)
from nn.articles import samples_of
from nn.data import XOR
from nn.film import Film
from nn.film.page import standalone

from ...support.browser import opened

SHADOW = "document.querySelector('.stepgrad-film').shadowRoot"


def _film(net: Any, name: str, rate: float, epochs: int, batch_size: int | None = None) -> Film:
    inputs, targets, loss = samples_of(name)
    optimizer = SGD(net.parameters(), rate)
    return fit(net, inputs, targets, loss, optimizer, epochs, batch_size, reduction="sum", film=True).film


ARTICLES: dict[str, Callable[[], Film]] = {
    "weight-height": lambda: _film(MLP(2, [2, 1], seed=1), "weight-height", 0.1, 300, 1),
    "xor": lambda: _film(MLP(2, [3, 1], bias_init="zero", seed=1), "xor", 0.5, 2000),
    "diabetes": lambda: _film(Neuron(3, seed=1), "diabetes", 0.05, 1000),
    "breast-cancer": lambda: _film(MLP(30, [4, 1], seed=1), "breast-cancer", 0.001, 30),
    "log-loss": lambda: _film(MLP(2, [8, 1], bias=False, seed=1), "log-loss", 0.01, 100),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("film")


@pytest.fixture(scope="module")
def xor() -> Film:
    return ARTICLES["xor"]()


@pytest.fixture(scope="module")
def address(folder: Path, xor: Film) -> str:
    return saved(folder, xor, "xor")


def saved(folder: Path, film: Film, name: str) -> str:
    path = folder / f"{name}.html"
    film.save(path)
    return path.as_uri()


@pytest.fixture
def page(chromium: Browser, address: str) -> Iterator[Page]:
    with watching(chromium, address) as one:
        yield one


class watching:  # noqa: N801 -- used as a function is
    """A page, once the film is there."""

    def __init__(self, chromium: Browser, address: str, **settings: Any) -> None:
        self.opened = opened(chromium, address, **settings)

    def __enter__(self) -> Page:
        page = self.opened.__enter__()
        page.wait_for_selector(".film[data-ready]", state="attached")
        page.wait_for_function(f"{SHADOW}.querySelector('.slider').getAttribute('aria-valuetext')")
        return page

    def __exit__(self, *error: Any) -> None:
        self.opened.__exit__(*error)


def epoch(page: Page) -> int:
    """The epoch that is shown; the slider says the same."""
    shown = page.locator(".epoch").input_value()
    words = page.get_by_role("slider").get_attribute("aria-valuetext") or ""
    assert words.startswith(f"Epoch {shown} of ")
    return int(shown.replace(",", ""))


def go(page: Page, to: int) -> None:
    page.locator(".epoch").fill(str(to))
    page.keyboard.press("Enter")
    assert epoch(page) == to


_NUMBERS = f"""() => ({{
  tiles: Object.fromEntries([...{SHADOW}.querySelectorAll('.tile')].map((one) => one.title.split(' = '))),
  outputs: [...{SHADOW}.querySelectorAll('.said')].map((one) => one.title.split(', ').map(Number)),
  said: {SHADOW}.querySelector('.right')?.textContent,
}})"""


def compare(page: Page, film: Film, epochs: list[int]) -> None:
    """What the page has computed is what Python computes with the film's parameters, to 1e-9."""
    net, rows = film.recording.net, film.recording.rows
    for at in epochs:
        go(page, at)
        found = page.evaluate(_NUMBERS)
        net.set_parameters(film.parameters(at))
        wanted = [net.predict(row) for row in rows]
        flat = [[one] if isinstance(one, float) else one for one in wanted]
        for outputs, true in zip(found["outputs"], flat, strict=True):
            assert outputs == pytest.approx(true, rel=1e-9, abs=1e-12)
        for name in ("h1", "h4"):
            if name in found["tiles"]:
                neuron = getattr(net, name)
                assert float(found["tiles"][name]) == pytest.approx(neuron.predict(rows[0]), rel=1e-9)
        if film.meaning.kind == "probability":
            right = sum(
                (out[0] > 0.5) == (target > 0.5) for out, target in zip(flat, film.recording.targets, strict=True)
            )
            assert found["said"] == f"{right} of {len(rows)}"


# What it computes ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", [one if one == "xor" else pytest.param(one, marks=pytest.mark.slow) for one in ARTICLES]
)
def test_numbers_are_those_of_python_at_ten_epochs_of_every_article(
    chromium: Browser, folder: Path, name: str, xor: Film
) -> None:
    film = xor if name == "xor" else ARTICLES[name]()
    epochs = sorted({round(film.epochs * at / 10.7) for at in range(9)} | {film.epochs})
    assert len(epochs) == 10
    with watching(chromium, saved(folder, film, name)) as one:
        compare(one, film, epochs)


def _several(loss: Any, targets: Any, output: str = "linear") -> Film:
    inputs, classes = spirals(45, seed=1)
    net = MLP(2, [4, 3], "tanh", output, seed=1)
    return fit(net, inputs, targets(classes), loss, Adam(net.parameters(), 0.05), 20, None, film=True).film


class _Own(MLP):
    """A network of somebody's own kind: softmax at its end."""

    def __call__(self, inputs: Any) -> Any:
        return softmax(super().__call__(inputs))


def _own() -> Film:
    inputs, classes = spirals(30, seed=1)
    net = _Own(2, [3, 3], "tanh", "linear", seed=1)
    one_hot = [[float(at == one) for at in range(3)] for one in classes]
    return fit(net, inputs, one_hot, mean_squared_error, epochs=5, film=True).film


def _signs() -> Film:
    inputs, targets = two_moons(20, seed=1)
    net = MLP(2, [4, 1], "tanh", "tanh", seed=1)
    return fit(net, inputs, [2 * one - 1 for one in targets], hinge, epochs=10, film=True).film


def _logits() -> Film:
    inputs, targets = two_moons(20, seed=1)
    net = MLP(2, [4, 1], "relu", "linear", seed=1)
    return fit(net, inputs, targets, binary_cross_entropy_with_logits, epochs=10, film=True).film


def _curve() -> Film:
    net = MLP(1, [4, 1], "softplus", "linear", seed=1)
    inputs = [[at / 10] for at in range(-10, 11)]
    return fit(net, inputs, [x * x for (x,) in inputs], epochs=30, film=True).film


def _wide() -> Film:
    inputs = [[float((row * column) % 7) for column in range(20)] for row in range(30)]
    net = MLP(20, [18, 1], "tanh", "linear", weight_init="xavier", seed=1)
    optimizer = SGD(net.parameters(), 0.001)
    return fit(net, inputs, [sum(row) / 50 for row in inputs], optimizer=optimizer, epochs=10, film=True).film


def _two() -> Film:
    inputs = [[at / 5, 1 - at / 5] for at in range(6)]
    net = MLP(2, [3, 2], "tanh", "linear", seed=1)
    return fit(net, inputs, [[a * b, a] for a, b in inputs], epochs=10, film=True).film


KINDS: dict[str, tuple[Callable[[], Film], str]] = {
    "softmax": (lambda: _several(cross_entropy, lambda classes: classes), "softmax"),
    "scores": (
        lambda: _several(
            mean_squared_error, lambda some: [[float(at == one) for at in range(3)] for one in some], "sigmoid"
        ),
        "scores",
    ),
    "own": (_own, "scores"),
    "signs": (_signs, "sign"),
    "logits": (_logits, "logit"),
    "curve": (_curve, "numbers"),
    "wide": (_wide, "numbers"),
    "two": (_two, "numbers"),
}


@pytest.mark.parametrize(
    "name", [one if one == "softmax" else pytest.param(one, marks=pytest.mark.slow) for one in KINDS]
)
def test_networks_of_every_kind(chromium: Browser, folder: Path, name: str) -> None:
    make, kind = KINDS[name]
    film = make()
    assert film.meaning.kind == kind
    with watching(chromium, saved(folder, film, name)) as one:
        compare(one, film, [0, film.epochs // 3, film.epochs])
        assert one.evaluate(f"{SHADOW}.querySelector('.right') === null") == (kind == "numbers")
        text = one.locator(".network").inner_text()
        assert one.locator(".board-words").inner_text().startswith("The first output over") == (name == "two")
        if name == "wide":
            assert "20 inputs\n16 widest shown" in text
            assert "18 hidden\ntanh\n16 widest shown" in text
            assert one.locator(".tile").count() == 33
        if name == "softmax":
            net = film.recording.net
            wanted = [
                share.data for share in softmax([Value(number) for number in net.predict(film.recording.rows[0])])
            ]
            found = one.locator(".caption").all_inner_texts()[-3:]
            assert found == [f"class {label}: {round(100 * share)} %" for label, share in enumerate(wanted)]


# Controls ------------------------------------------------------------------------------------------------------------


def test_every_key(page: Page, xor: Film) -> None:
    keys = xor.packed.epochs
    for key, wanted in [("ArrowRight", keys[1]), ("ArrowRight", keys[2]), ("ArrowLeft", keys[1]), ("End", 2000)]:
        page.keyboard.press(key)
        assert epoch(page) == wanted
    for key, wanted in [("Shift+ArrowLeft", keys[-11]), ("Home", 0), ("ArrowLeft", 0), ("Shift+ArrowRight", keys[10])]:
        page.keyboard.press(key)
        assert epoch(page) == wanted
    between = next(at for at in range(2000) if at not in keys)
    before = max(one for one in keys if one < between)
    go(page, between)
    page.keyboard.press("ArrowLeft")
    assert epoch(page) == before
    page.get_by_role("slider").focus()
    page.keyboard.press("ArrowRight")
    assert epoch(page) == keys[keys.index(before) + 1]
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.locator(".row[aria-pressed=true]").inner_text().startswith("1, 0")
    page.keyboard.press("ArrowUp")
    assert page.locator(".row[aria-pressed=true]").inner_text().startswith("0, 1")


def test_play_pause_and_even_pace(page: Page) -> None:
    page.wait_for_timeout(300)
    assert epoch(page) == 0  # it never starts by itself
    page.keyboard.press(" ")
    page.wait_for_function(f"{SHADOW}.querySelector('.epoch').value !== '0'")
    page.get_by_role("button", name="Pause").click()
    stopped = epoch(page)
    page.wait_for_timeout(200)
    assert epoch(page) == stopped
    box = page.locator(".curve").bounding_box()
    assert box is not None
    middle = (box["x"] + box["width"] / 2, box["y"] + 50)
    page.mouse.click(*middle)
    at_even_pace = epoch(page)
    page.get_by_label("even pace").uncheck()
    page.mouse.click(*middle)
    assert epoch(page) == pytest.approx(1000, abs=3)
    assert at_even_pace != pytest.approx(1000, abs=3)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 4, middle[1])
    page.mouse.up()
    assert epoch(page) == pytest.approx(500, abs=3)
    page.get_by_label("logarithmic loss").check()
    page.get_by_role("button", name="To the start").click()
    assert epoch(page) == 0


def test_a_sample_is_chosen_in_the_list_and_on_the_plane(page: Page, xor: Film) -> None:
    go(page, 700)
    page.locator(".row").nth(3).click()
    net = xor.recording.net
    net.set_parameters(xor.parameters(700))
    tiles = page.evaluate(_NUMBERS)["tiles"]
    assert float(tiles["h2"]) == pytest.approx(net.h2.predict([1.0, 1.0]), rel=1e-9)
    assert (tiles["x1"], tiles["x2"]) == ("1", "1")
    board = page.locator(".board").bounding_box()
    assert board is not None
    page.mouse.click(board["x"] + 0.2 * board["width"], board["y"] + 0.2 * board["height"])  # x1 is 0 there, x2 is 1
    assert page.locator(".row[aria-pressed=true]").inner_text().startswith("0, 1")
    assert float(page.evaluate(_NUMBERS)["tiles"]["h2"]) == pytest.approx(net.h2.predict([0.0, 1.0]), rel=1e-9)


def test_into_the_step_player_and_back(page: Page, xor: Film) -> None:
    net = xor.recording.net
    for at, sample in ((700, 1), (1234, 2)):
        go(page, at)
        page.locator(".row").nth(sample).click()
        page.get_by_role("button", name=f"Step through it at epoch {at:,}").click()
        assert page.locator(".stepping-words").inner_text().startswith(f"Epoch {at:,}, sample ")
        assert page.evaluate(f"{SHADOW}.activeElement.shadowRoot.activeElement.className").startswith("player")
        page.keyboard.press("End")
        net.set_parameters(xor.parameters(at))
        loss = half_squared_error(net(XOR[0][sample]), XOR[1][sample])
        net.zero_grad()
        loss.backward()
        exact = page.evaluate(
            f"""() => {{
              const inside = {SHADOW}.querySelector('.step-player').shadowRoot;
              const field = (box) => inside.querySelector(`.picture [data-box="${{box}}"]`);
              return [...inside.querySelectorAll('tr[data-box]')].map((row) =>
                [row.querySelector('.name').textContent, Number(row.querySelector('.grad').title)]);
            }}"""
        )
        grads = dict(exact)
        for name, parameter in net.named_parameters().items():
            assert grads[name] == pytest.approx(parameter.grad, rel=1e-9, abs=1e-15)
        page.keyboard.press("ArrowLeft")
        page.get_by_role("button", name="Back to the training").click()
        assert epoch(page) == at  # the arrow was the step player's
        page.get_by_role("button", name=f"Step through it at epoch {at:,}").press("Enter")
        assert page.get_by_role("button", name="Back to the training").is_visible()
        page.keyboard.press("Escape")
        assert epoch(page) == at


@pytest.mark.slow
def test_a_network_that_is_too_large_for_the_step_player_says_so(chromium: Browser, folder: Path) -> None:
    inputs, targets = two_moons(20, seed=1)
    net = MLP(2, [16, 16, 1], seed=1)
    film = fit(net, inputs, targets, binary_cross_entropy, epochs=2, film=True).film
    assert film.stepping.why.startswith("It cannot be stepped through: a picture of ")
    with watching(chromium, saved(folder, film, "large")) as one:
        assert "cannot be stepped through" in one.locator(".samples").inner_text()
        assert one.locator(".step").count() == 0


@pytest.mark.parametrize("patience", [3, pytest.param(None, marks=pytest.mark.slow)])
def test_the_best_epoch_is_marked(chromium: Browser, folder: Path, patience: int | None) -> None:
    """The losses over other samples fall, and then rise; with patience the network goes back."""
    inputs, targets = two_moons(40, noise=0.4, seed=1)
    net = MLP(2, [6, 1], "tanh", "sigmoid", seed=1)
    others = two_moons(40, noise=0.4, seed=2)
    optimizer = Adam(net.parameters(), 0.1)
    history = fit(
        net, inputs, targets, binary_cross_entropy, optimizer, 60, validation=others, patience=patience, film=True
    )
    film = history.film
    assert history.best_epoch is not None
    best = history.best_epoch + 1
    assert (film.best, film.keeps_best) == (best, patience is not None)
    assert 1 < best < film.epochs
    now = {name: parameter.data for name, parameter in net.named_parameters().items()}
    assert (film.parameters(best) == pytest.approx(now, abs=1.0001 * film.error)) == (patience is not None)
    words = "least validation loss" + (", and what the network keeps" if patience else "")
    with watching(chromium, saved(folder, film, "best")) as one:
        button = one.get_by_role("button", name=f"Epoch {best}: {words}", exact=True)
        said = one.get_by_role("slider")
        assert words not in (said.get_attribute("aria-valuetext") or "")
        button.press("Enter")
        assert epoch(one) == best
        assert (said.get_attribute("aria-valuetext") or "").endswith(f" right, {words}")
        mark = one.locator(".best-line").get_attribute("x1")
        assert mark == one.locator(".cursor").get_attribute("x1")
        assert one.evaluate(_WRONG) == []
        assert Axe().run(one).response["violations"] == []


# Looks ---------------------------------------------------------------------------------------------------------------

_WRONG = f"""() => {{
  const wrong = [];
  if (document.documentElement.scrollWidth > innerWidth) wrong.push('the page scrolls sideways');
  for (const one of {SHADOW}.querySelectorAll('*')) {{
    const hasText = [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!hasText || !one.checkVisibility() || one.matches('style')) continue;
    if (parseFloat(getComputedStyle(one).fontSize) < 13) wrong.push(`small: ${{one.textContent}}`);
    const box = one.getBoundingClientRect();
    if (box.left < -1 || box.right > innerWidth + 1) wrong.push(`cut: ${{one.textContent}}`);
  }}
  const captions = [...{SHADOW}.querySelectorAll('.caption, .heading')].filter((one) => one.checkVisibility());
  const boxes = captions.map((one) => one.getBoundingClientRect());
  boxes.forEach((a, at) => boxes.slice(at + 1).forEach((b, other) => {{
    if (a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom) {{
      wrong.push(`overlap: ${{captions[at].textContent}}, ${{captions[at + 1 + other].textContent}}`);
    }}
  }}));
  return wrong;
}}"""


@pytest.mark.parametrize(
    "name", ["xor", *(pytest.param(name, marks=pytest.mark.slow) for name in ("softmax", "wide", "diabetes"))]
)
def test_nothing_is_cut_overlaps_or_is_too_small_and_axe_finds_nothing(
    chromium: Browser, folder: Path, name: str, xor: Film
) -> None:
    film = xor if name == "xor" else ARTICLES[name]() if name in ARTICLES else KINDS[name][0]()
    page_of = saved(folder, film, name)
    for size, scheme in (((1400, 900), "light"), ((1024, 768), "dark"), ((360, 800), "light")):
        viewport = {"width": size[0], "height": size[1]}
        with watching(chromium, page_of, viewport=viewport, color_scheme=scheme) as one:
            go(one, film.epochs // 2)
            assert one.evaluate(_WRONG) == []
            assert one.evaluate("document.documentElement.scrollWidth") == size[0]
            found = Axe().run(one).response["violations"]
            assert [(each["id"], each["nodes"][0]["html"][:200]) for each in found] == []


def test_a_phone_stacks_network_boundary_and_curve(chromium: Browser, address: str) -> None:
    with watching(chromium, address, viewport={"width": 360, "height": 800}) as one:
        boxes = [one.locator(name).bounding_box() for name in (".network", ".output", ".time", ".samples")]
        tops = [box["y"] for box in boxes if box]
        assert len(tops) == 4
        assert tops == sorted(tops)


def test_light_and_dark_and_reduced_motion(chromium: Browser, address: str, xor: Film) -> None:
    with watching(chromium, address, color_scheme="dark", reduced_motion="reduce") as one:
        dark = f"getComputedStyle({SHADOW}.querySelector('.film')).backgroundColor"
        assert one.evaluate(dark) == "rgb(17, 17, 17)"
        one.evaluate("document.body.dataset.jpThemeLight = 'true'")  # as JupyterLab says it
        one.wait_for_function(f"{dark} === 'rgb(255, 255, 255)'")
        one.evaluate("delete document.body.dataset.jpThemeLight; document.body.dataset.theme = 'dark'")  # as furo does
        one.wait_for_function(f"{dark} === 'rgb(17, 17, 17)'")
        one.keyboard.press(" ")
        one.wait_for_function(f"{SHADOW}.querySelector('.epoch').value !== '0'")
        assert epoch(one) in xor.packed.epochs[:4]  # key frame after key frame


def test_without_scripts_there_are_a_poster_and_ten_epochs(chromium: Browser, address: str, xor: Film) -> None:
    with opened(chromium, address, java_script_enabled=False) as one:
        assert one.get_by_role("img").get_attribute("alt") == (
            f"The loss of MLP 2-3-1 over 2,000 epochs, from {xor.loss(0):.4f} to {xor.loss(2000):.4g}"
        )
        rows = one.locator("tbody tr")
        assert rows.count() == 10
        assert rows.first.inner_text().split()[0] == "0"
        assert rows.last.inner_text().split()[0] == "2,000"


@pytest.mark.slow
def test_a_notebook_shows_it_twice(chromium: Browser, folder: Path, xor: Film) -> None:
    path = folder / "twice.html"
    films = xor._repr_html_() + xor._repr_html_()
    path.write_text(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>t</title><body>{films}', encoding="utf-8"
    )
    with opened(chromium, path.as_uri()) as one:
        one.wait_for_function(
            "[...document.querySelectorAll('.stepgrad-film')].filter((one) => one.shadowRoot?.querySelector("
            "'.slider').getAttribute('aria-valuetext')).length === 2"
        )
        pressed = one.evaluate_handle(
            "() => { window.keys = []; addEventListener('keydown', (e) => keys.push(e.key)); }"
        )
        assert pressed is not None
        one.locator(".slider").nth(1).focus()
        one.keyboard.press("ArrowRight")
        assert one.evaluate("keys") == []  # a notebook's keys are not pressed
        assert one.locator(".epoch").nth(0).input_value() == "0"
        assert one.locator(".epoch").nth(1).input_value() != "0"


@pytest.mark.slow
def test_names_are_escaped(chromium: Browser, folder: Path) -> None:
    class Hostile(Neuron):
        pass

    Hostile.__name__ = "</script><script>alert(1)</script>"
    net = Hostile(2, name="<b>-->&", seed=1)
    film = fit(net, *XOR, epochs=3, film=True).film
    with watching(chromium, saved(folder, film, "hostile")) as one:
        assert "<script>alert(1)</script>" in one.locator("h2").inner_text()
        assert one.locator(".caption").last.inner_text().startswith("<b>--")


# Sizes ---------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_sizes_of_the_brief() -> None:
    """The steps of the key frames, as bytes; the page without the step player, as the brief has it; and with it."""
    moons = two_moons(200, noise=0.1, seed=1)
    net = MLP(2, [16, 16, 1], "tanh", "sigmoid", seed=1)
    large = fit(net, *moons, binary_cross_entropy, SGD(net.parameters(), 0.2), 200, 10, film=True).film
    net = MLP(2, [3, 1], bias_init="zero", seed=1)
    optimizer = SGD(net.parameters(), 0.1)
    xor = fit(net, *XOR, half_squared_error, optimizer, 10_000, None, reduction="sum", film=True).film
    people, targets, loss = samples_of("weight-height")
    net = MLP(2, [2, 1], seed=1)
    heights = fit(net, people, targets, loss, epochs=1000, film=True).film
    for film, steps, whole, alone in (
        (xor, 2900, 62_000, 30_000),
        (heights, 1400, 58_000, 28_000),
        (large, 87_000, 85_000, 85_000),
    ):
        assert len(film.packed.text()) * 3 / 4 <= 1.1 * steps
        assert len(standalone(film).encode()) <= whole
        film.stepping = film.stepping._replace(player="")
        assert len(standalone(film).encode()) <= alone
