"""The film of a backward pass: at every step, box, way, formula, numbers and line of code belong together."""

from __future__ import annotations

import ast
import json
import math
import re
import shutil
import sys
from base64 import b64decode
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import bleach
import pytest

from autograd import DomainError, NotANumberError, Trace, UsageError, Value, backward_steps, play
from autograd.notation.mathematics import DRAWN
from autograd.player import Player
from autograd.player.copied import as_copied
from autograd.player.frames import Film
from autograd.testing import assert_partials
from autograd.views import rendering
from nn import MLP, mean_squared_error
from nn.articles import ARTICLES, one_sample

from ..support.browser import inflated
from ..support.graphs import articles_loss, hostile_graph, untrained


def film(learning_rate: float | None = 0.1, detail: str = "named", gradients_of: str = "parameters") -> Film:
    return play(articles_loss()[1], learning_rate, detail, gradients_of).film


def said(shown: Film) -> list[str]:
    return [shown.sentence(at) for at in range(len(shown.shown))]


def contents(page: str) -> dict[str, object]:
    """What a page hands to its script."""
    literal = inflated(page).split("\nconst contents = ")[1].split(";\ncontents.compute = ")[0]
    found: dict[str, object] = json.loads(literal)
    return found


def test_the_phases_of_the_articles_network() -> None:
    shown = film()
    phases = [frame.phase for frame in shown.shown]
    assert phases == ["forward"] * 7 + ["seed"] + ["backward"] * 15 + ["update"] * 9 + ["effect"]
    assert {frame.phase for frame in film(None).frames} == {"forward", "seed", "backward"}
    sentences = said(shown)
    assert sentences[0] == "Forward, step 1 of 33: sum_h1 = w1 · x1 + w2 · x2 + b1 = −3."
    assert sentences[8] == "Backward, step 9 of 33: L's gradient flows through L to o1: 1 × (−0.9526) = −0.9526."
    assert (
        sentences[16] == "Backward, step 17 of 33: L's gradient flows through sum_h1 to w1: −0.010735 × (−2) = 0.02147."
    )
    assert sentences[23] == "Update, step 24 of 33: w1 moves against its gradient: 1 − 0.1 × 0.02147 = 0.9979."
    assert sentences[32] == "Update, step 33 of 33: the new numbers run forward once: L was 0.2269, and is now 0.2211."


def test_gradients_of_data_are_steps_that_are_shown_when_asked_for() -> None:
    everything = film(gradients_of="all")
    assert len(everything.shown) == len(everything.frames) == 38
    hidden = [frame for frame in film().frames if frame.is_of_data]
    lines = [*everything.lines]
    assert [lines[frame.target].label for frame in hidden] == ["y_true", "x1", "x2", "x1", "x2"]
    assert "to x1: −0.010735 × 1 = −0.01073, added to the −0.010735 from before: −0.02147." in " ".join(
        said(everything)
    )
    with pytest.raises(UsageError, match="gradients_of='none'"):
        film(gradients_of="none")


def test_the_loss_after_the_update_is_that_of_the_updated_network() -> None:
    net, loss = articles_loss()
    loss.backward()
    for parameter in net.parameters():
        parameter.data -= 0.1 * parameter.grad
    afterwards = mean_squared_error(net([-2, -1]), 1).data
    assert f"and is now {DRAWN.figure(afterwards)}." in said(film())[-1]


@pytest.mark.parametrize("detail", ["named", "operations"])
@pytest.mark.parametrize("name", ["weight-height", "xor", "diabetes", "log-loss", "hostile"])
def test_box_formula_numbers_and_code_line_belong_to_the_same_step(name: str, detail: str) -> None:
    root = hostile_graph()[1] if name == "hostile" else one_sample(name, untrained(name))
    shown = play(root, 0.5, detail).film
    lines = list(shown.lines)
    steps = backward_steps(root, detail, "all")
    backward = [frame for frame in shown.frames if frame.way is not None]
    assert len(backward) == len(steps)
    for frame, step in zip(backward[1:], steps[1:], strict=True):
        assert frame.source is not None
        assert frame.way is not None
        target, source = lines[frame.target], lines[frame.source]
        assert (target.value, source.value) == (step.to, step.of)
        assert shown.ways[frame.way - 1][:2] == (source, target)
        assert frame.because == step.because
        # The line of code computes this gradient, from that one.
        code = shown.code[frame.code]
        assert code.split(" ")[0] == shown.listing.gradient_of[target]
        if source is not shown.lines.root:
            assert re.search(rf"\b{re.escape(shown.listing.gradient_of[source])}\b", code)
        words, numbers = shown.said(frame.words, frame), shown.said(frame.formula[1], frame)
        operands, results, _ = shown.numbers.digits(frame)
        for number in (step.upstream, step.partial):
            assert DRAWN.figure(number, operands) in words
            assert DRAWN.figure(number, operands) in numbers
        assert DRAWN.figure(step.contribution, results) in words
    for frame in shown.frames:
        line, code = lines[frame.target], shown.code[frame.code]
        if frame.phase == "forward":
            assert code.startswith(f"{line.target} = ")
            assert shown.said(frame.formula[1], frame).startswith(
                f"{DRAWN.figure(line.number, shown.numbers.digits(frame)[1])} = "
            )
        if frame.phase == "update":
            assert code.startswith(f"{line.target} -= learning_rate * ")
            moved = line.number - 0.5 * [step.after for step in steps if step.to is line.value][-1]
            assert shown.said(frame.formula[1], frame).startswith(
                f"{DRAWN.figure(moved, shown.numbers.digits(frame)[1])} = "
            )


def test_formulas_of_every_phase() -> None:
    shown = film(gradients_of="all")
    formulas = [[shown.said(row, frame) for row in frame.formula] for frame in shown.shown]
    assert formulas[0] == ["sum_h1 = w1 · x1 + w2 · x2 + b1", "−3 = 1 · (−2) + 1 · (−1) + 0"]
    assert formulas[7] == ["∂L/∂L = 1"]
    assert formulas[9] == ["∂L/∂o1 = ∂L/∂L · (−2 · (y_true − o1))", "−0.9526 = 1 · (−0.9526)"]
    assert formulas[17] == ["∂L/∂w1 = ∂L/∂sum_h1 · x1", "0.02147 = (−0.010735) · (−2)"]
    assert formulas[24] == ["∂L/∂x1 += ∂L/∂sum_h2 · w3", "−0.02147 = −0.010735 + (−0.010735) · 1"]
    assert formulas[28] == ["w1 ← w1 − η · ∂L/∂w1", "0.9979 = 1 − 0.1 · 0.02147", "η is the learning rate"]
    assert formulas[37] == ["L with the new numbers", "0.2269 → 0.2211"]


def test_a_value_that_is_read_twice_takes_two_steps_and_the_sum_is_seen() -> None:
    a = Value(3.0, "a")
    shown = play((a + a).named("y")).film
    assert said(shown)[-2:] == [
        "Backward, step 3 of 4: y's gradient flows through y to a: 1 × 1 = 1, the first of 2 parts.",
        "Backward, step 4 of 4: y's gradient flows through y to a: 1 × 1 = 1, added to the 1 from before: 2.",
    ]


def test_thirty_products_are_never_spelled_out() -> None:
    net = MLP(30, [4, 1], seed=1)
    shown = play(mean_squared_error(net([0.1] * 30), 1), 0.1).film
    assert shown.said(shown.frames[0].formula[0], shown.frames[0]) == "sum_h1 = w1 · x1 + w2 · x2 + … + b1"
    assert max(map(len, said(shown))) < 140


def test_what_rounding_leaves_of_a_sum_is_shown_as_0() -> None:
    a, b, c = Value(0.1, "a"), Value(0.2, "b"), Value(-0.3, "c")
    root = (a + b + c).named("s")
    assert root.data != 0.0
    assert said(play(root).film)[0].endswith("= 0.")
    tiny = (Value(1e-20, "a") * Value(3.0, "b")).named("y")
    assert said(play(tiny).film)[0].endswith("= 3e−20.")


def test_names_that_the_update_uses_itself() -> None:
    rate = Value(2.0, "learning_rate")
    shown = play((rate * Value(3.0, "η")).named("y"), 0.1).film
    assert "learning_rate -= learning_rate__2 * d_y_d_learning_rate" in shown.code
    assert "η ← η − learning rate · ∂y/∂η" in [
        shown.said(row, frame) for frame in shown.frames for row in frame.formula
    ]


def test_the_listing_is_headed() -> None:
    shown = film()
    assert {shown.code[place].split(" ")[0]: heading for place, heading in shown.headings.items()} == {
        "sum_h1": "forward",
        "#": "backward",
        "w1": "update",
    }


def test_making_a_film_changes_nothing() -> None:
    net, loss = articles_loss()
    net.w1.grad = 5.0
    play(loss, 0.1)._repr_html_()
    assert (net.w1.grad, net.w1.data, loss.grad) == (5.0, 1.0, 0.0)


def test_a_film_traces_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from autograd.tracing.builder import _Builder

    traced: list[object] = []
    trace = _Builder.trace

    def counted(builder: _Builder) -> Trace:
        traced.append(builder)
        return trace(builder)

    monkeypatch.setattr(_Builder, "trace", counted)
    play(articles_loss()[1], 0.1)._repr_html_()
    assert len(traced) == 1


# What is copied as a test --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=pytest.mark.slow) if name == "breast-cancer" else name for name in sorted(ARTICLES)],
)
def test_what_is_copied_passes_for_every_partial(name: str) -> None:
    root = one_sample(name, untrained(name))
    shown = play(root, 0.5).film
    parts = as_copied(shown)
    for key, text in (*parts["whole"], *parts["local"]):
        if text:
            partial = eval(text)
            assert_partials(root, {ast.literal_eval(key): partial})
    written = [text for _, text in parts["local"] if text]
    assert len(written) > len(parts["local"]) / 2, "the others call functions, and are copied as numbers"


def test_what_is_copied_reads_as_by_hand() -> None:
    shown = film()
    parts = as_copied(shown)
    names = parts["names"]
    whole = "lambda y_true, o1, w5, h1, x1: -2 * (y_true - o1) * o1 * (1 - o1) * w5 * h1 * (1 - h1) * x1"
    assert parts["whole"][names.index("w1")] == ('"d_L_d_w1"', whole)
    assert ('"d_sum_h1_d_w1"', "lambda x1: x1") in parts["local"]
    assert parts["lines"][0] == "sum_h1 = (w1 * x1 + w2 * x2 + b1)"
    assert parts["imports"] == ["sigmoid"]


def test_a_partial_along_several_ways_is_the_sum_of_them() -> None:
    a = Value(3.0, "a")
    b = (a * a).named("b")
    c = (a * b).named("c")
    parts = as_copied(play(c).film)
    (whole,) = [text for key, text in parts["whole"] if key == '"d_c_d_a"']
    assert_partials(c, {"d_c_d_a": eval(whole)})
    assert ('"d_b_d_a"', "lambda a: 2 * a") in parts["local"]


# The page ------------------------------------------------------------------------------------------------------------


def test_pages_are_small_and_stand_alone(tmp_path: Path) -> None:
    player = play(articles_loss()[1], 0.1)
    player.save(tmp_path / "backprop.html")
    page = (tmp_path / "backprop.html").read_text(encoding="utf-8")
    assert len(page.encode()) < 75_000
    assert page.startswith("<!doctype html>")
    page += inflated(page)
    addresses = set(re.findall(r"https?://[^\"' )\\\\]+", page))
    assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert not re.search(r"<(?:link|iframe|object)\b|src=(?!\"data:)|@import|url\(", page)
    assert [path.name for path in tmp_path.iterdir()] == ["backprop.html"]
    for name in ARTICLES:
        size = len(play(one_sample(name, untrained(name)), 0.1)._repr_html_().encode())
        assert size < 130_000, name


def test_without_scripts_there_are_the_picture_and_all_sentences() -> None:
    page = play(articles_loss()[1], 0.1)._repr_html_()
    before = page.split("<script>")[0]
    picture = before.split("base64,")[1].split('"')[0]
    assert ElementTree.fromstring(b64decode(picture)).tag.endswith("svg")
    assert before.count("<tr>") == 33
    assert "Backward, step 17 of 33: L&#x27;s gradient flows through sum_h1" in before
    assert "run the cell" in before


@pytest.mark.parametrize("graph", ["articles", "hostile"])
def test_a_sanitiser_leaves_no_script_as_text(graph: str) -> None:
    """As nbconvert does it: tags that are not allowed become text, and so would all that is in them."""
    root = articles_loss()[1] if graph == "articles" else (hostile_graph()[1] * Value(2.0, "--> --!> <!--")).named("y")
    page = play(root, 0.1)._repr_html_()
    clean = bleach.clean(page, tags={"div", "p", "table", "tbody", "tr", "td", "img", "code"}, attributes=["alt", "id"])
    assert "Backward, step" in clean
    after = clean.split("</table>")[1]
    assert len(after) < 100
    assert "const" not in after


def test_every_showing_is_an_element_of_its_own() -> None:
    player = play(articles_loss()[1])
    ids = {re.search(r'<div id="([\w-]+)"', player._repr_html_())[1] for _ in range(3)}  # type: ignore[index]
    assert len(ids) == 3


def test_the_mime_bundle() -> None:
    player = play(articles_loss()[1])
    bundle = player._repr_mimebundle_()
    assert set(bundle) == {"text/html", "text/plain", "image/png"}
    assert bundle["image/png"].startswith("iVBORw0KGgo")
    assert bundle["text/plain"] == repr(player)
    assert repr(player) == "<Player of the backward pass of L: 23 steps; .save('backprop.html') writes it to a file>"


def test_in_a_browser_there_is_no_png(monkeypatch: pytest.MonkeyPatch) -> None:
    player = play(articles_loss()[1])
    svg = player.film.svg.decode()
    monkeypatch.setattr(sys, "platform", "emscripten")
    monkeypatch.setitem(sys.modules, "js", SimpleNamespace(stepgradLayout=lambda source: svg))
    bundle = player._repr_mimebundle_()
    assert set(bundle) == {"text/html", "text/plain"}
    assert "in a browser" not in bundle["text/html"]


def test_hostile_names_are_text() -> None:
    _, root = hostile_graph()
    page = play(root, 0.1)._repr_html_()
    assert page.count("</script>") == 1
    assert page.lower().count("<script") == 1
    assert "<img src=x" not in page.split("<script>")[0]
    # Nothing in a script may look like another one to the parser of HTML, nor end the comment that it stands in.
    script = page.split("<script><!--")[1].split("</script>")[0]
    assert not re.search(r"<!--|<script", script, re.IGNORECASE)
    assert script.count("-->") == 1
    labels = contents(page)["labels"]
    assert isinstance(labels, list)
    assert "</script><img src=x onerror=alert(1)>" in labels
    assert page.encode()


def test_an_operation_without_javascript_is_played_with_the_recorded_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(lines: object) -> str:
        raise UsageError("only Python")

    monkeypatch.setattr("autograd.player.page.steps_in_javascript", refuse)
    x = Value(3.0, "x")
    page = play((x * x).named("y"), 0.1)._repr_html_()
    assert "contents.compute = null;" in inflated(page)
    recorded = contents(page)["recorded"]
    assert isinstance(recorded, dict)
    assert recorded["data"] == [3.0, 9.0]
    assert 'class=\\"train\\"' not in inflated(page)


def test_without_a_program_that_lays_out_everything_else_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    with pytest.raises(rendering.PictureError):
        rendering.layout_program()
    bundle = play(articles_loss()[1])._repr_mimebundle_()
    assert "pip install graphviz-pure" in bundle["text/html"]
    assert "Backward, step 9 of 23" in bundle["text/html"]
    assert "image/png" not in bundle


@pytest.mark.parametrize("name", sorted(ARTICLES))
def test_every_article_can_be_played(name: str) -> None:
    assert isinstance(play(one_sample(name, untrained(name)), 0.1)._repr_html_(), str)


def test_a_leaf_alone_and_an_unnamed_graph() -> None:
    alone = play(Value(2.0, "x"), 0.1).film
    assert len(alone.frames) == 3
    assert alone.code == ["# d_x_d_x = 1", "x -= learning_rate * 1.0", "# forward again with the new numbers: x"]
    assert "root" in said(play(Value(2.0) * Value(3.0)).film)[0]


def test_what_is_wrong_is_said() -> None:
    _, loss = articles_loss()
    with pytest.raises(UsageError, match="learning_rate=-1 is not a finite number of at least 0"):
        play(loss, -1)
    with pytest.raises(UsageError, match="learning_rate=nan"):
        play(loss, math.nan)
    with pytest.raises(NotANumberError, match="a learning rate holds one real number, not str 'fast'"):
        play(loss, "fast")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="detail="):
        play(loss, detail="all")
    with pytest.raises(DomainError, match="sqrt"):
        play(Value(0.0, "x").sqrt())
    net = MLP(30, [16, 16, 1], seed=1)
    with pytest.raises(UsageError, match="could not be read"):
        play(mean_squared_error(net([0.1] * 30), 1))


def test_a_step_that_is_too_long_says_so() -> None:
    x = Value(1.0, "x")
    words = said(play((x.log() * 1.0).named("y"), 5.0).film)[-1]
    assert words.endswith("y was 0, and has no real value now: the step was too long.")


def test_player_is_what_play_returns() -> None:
    assert isinstance(play(Value(1.0)), Player)
