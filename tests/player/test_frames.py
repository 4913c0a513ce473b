"""The film of a backward pass: at every step, box, arrow, formula, numbers and line of code belong together."""

from __future__ import annotations

import ast
import json
import math
import re
import shutil
from base64 import b64decode
from pathlib import Path
from xml.etree import ElementTree

import pytest

from autograd import DomainError, NotANumberError, UsageError, Value, backward_steps, play, trace
from autograd.notation.mathematics import DRAWN
from autograd.player import Player
from autograd.player.frames import Film
from autograd.testing import assert_partials
from autograd.tutor.keys import Directory
from autograd.views import rendering
from autograd.views.picture import arrows_of
from nn import MLP, mean_squared_error
from nn.articles import ARTICLES, one_sample

from ..support.graphs import articles_loss, hostile_graph, untrained


def film(learning_rate: float | None = 0.1, detail: str = "named") -> Film:
    return play(articles_loss()[1], learning_rate, detail).film


def spoken(formula: str) -> str:
    """The text of a formula, powers of ten as in text."""
    return re.sub(r"×10(−?\d+)", r"e\1", "".join(ElementTree.fromstring(formula).itertext()))


def contents(page: str) -> dict[str, object]:
    """What a page hands to its script."""
    literal = re.split(r'\(document\.currentScript, "[\w-]+", ', page)[1].split(");</script>")[0]
    found: dict[str, object] = json.loads(literal)
    return found


def test_the_phases_of_the_articles_network() -> None:
    frames = film().frames
    phases = [frame.phase for frame in frames]
    assert phases == ["forward"] * 7 + ["seed"] + ["backward"] * 20 + ["update"] * 9
    assert {frame.phase for frame in film(None).frames} == {"forward", "seed", "backward"}
    assert frames[0].words == "Forward, step 1 of 37: sum_h1 = w1 · x1 + w2 · x2 + b1 = −3."
    assert frames[16].words == (
        "Backward, step 17 of 37: L's gradient flows through h1 = sigmoid(sum_h1) to sum_h1: "
        "−0.2376 × 0.04518 = −0.01073."
    )
    assert frames[24].words.endswith("to x1: −0.01073 × 1 = −0.01073, added to the −0.01073 from before: −0.02147.")
    assert frames[28].words == ("Update, step 29 of 37: w1 moves against its gradient: 1 − 0.1 × 0.02147 = 0.9979.")
    assert frames[36].words.endswith("L was 0.2269, and is now 0.2211.")


def test_the_loss_after_the_update_is_that_of_the_updated_network() -> None:
    net, loss = articles_loss()
    loss.backward()
    for parameter in net.parameters():
        parameter.data -= 0.1 * parameter.grad
    afterwards = mean_squared_error(net([-2, -1]), 1).data
    assert f"and is now {DRAWN.figure(afterwards)}." in film().frames[-1].words


@pytest.mark.parametrize("detail", ["named", "operations"])
@pytest.mark.parametrize("name", ["weight-height", "xor", "diabetes", "log-loss"])
def test_box_arrow_formula_numbers_and_code_line_belong_to_the_same_step(name: str, detail: str) -> None:
    root = one_sample(name, untrained(name))
    shown = play(root, 0.5, detail).film
    lines = list(shown.lines)
    arrows = list(arrows_of(shown.lines, shown.boxes))
    steps = backward_steps(root, detail)
    backward = [frame for frame in shown.frames if frame.step is not None]
    assert [(frame.step.of, frame.step.to, frame.step.after) for frame in backward if frame.step] == [
        (step.of, step.to, step.after) for step in steps
    ]
    for place, frame in enumerate(backward):
        if place == 0:
            continue
        step = frame.step
        assert step is not None
        assert step.of is not None
        target, source = lines[frame.target], lines[frame.source or 0]
        assert (target.value, source.value) == (step.to, step.of)
        assert arrows[frame.arrows[-1]] == (frame.target, frame.source)
        # Those that it adds to are lit with it, and only those.
        earlier = [one for one in steps[1:place] if one.to is step.to]
        assert [lines[arrows[arrow][1]].value for arrow in frame.arrows[:-1]] == [one.of for one in earlier]
        assert frame.because == step.because
        # The line of code computes this gradient, from that one.
        code = shown.code[frame.code]
        assert code.split(" ")[0] == shown.listing.gradient_of[target]
        if source is not shown.lines.root:
            assert re.search(rf"\b{shown.listing.gradient_of[source]}\b", code)
        formula = spoken(frame.formula)
        for number in (step.upstream, step.partial, step.contribution, step.after):
            assert DRAWN.figure(number) in frame.words or number == step.after
            assert DRAWN.figure(number) in formula
        assert frame.change[:2] == ("grad", DRAWN.figure(step.after))
        assert float(frame.change.exact) == step.after
    for frame in shown.frames:
        line = lines[frame.target]
        code = shown.code[frame.code]
        if frame.phase == "forward":
            assert code.startswith(f"{line.target} = ")
            assert {arrows[arrow] for arrow in frame.arrows} == {
                (lines.index(one), frame.target) for one in line.inputs
            }
            assert frame.change.text == DRAWN.figure(line.number)
            assert DRAWN.figure(line.number) in spoken(frame.formula)
        if frame.phase == "update":
            assert code.startswith(f"{line.target} -= learning_rate * ")
            moved = line.number - 0.5 * [step.after for step in steps if step.to is line.value][-1]
            assert frame.change.text == DRAWN.figure(moved)


@pytest.mark.parametrize("detail", ["named", "operations"])
@pytest.mark.parametrize("name", ["weight-height", "xor", "diabetes", "log-loss", "hostile"])
def test_what_is_copied_as_a_test_passes_at_every_step(name: str, detail: str) -> None:
    root = hostile_graph()[1] if name == "hostile" else one_sample(name, untrained(name))
    shown = play(root, 0.5, detail).film
    lines = list(shown.lines)
    tests = {frame.test for frame in shown.frames if frame.test}
    for test in tests:
        exec(test, {"assert_partials": assert_partials, trace(root).root.target: root})
    # It is about the partial in flight, and says no if that is another one.
    directory = Directory(root)
    for frame in shown.frames:
        if not frame.test:
            assert frame.phase == "forward" or detail == "operations"
            continue
        of = lines[frame.source].value if frame.source is not None else root
        assert directory.key(_key(frame.test))[:2] == (directory.lines[of], directory.lines[lines[frame.target].value])
    assert all(frame.test for frame in shown.frames if frame.phase == "update")


def _key(test: str) -> object:
    """The only key of the dictionary in an assert_partials line."""
    (call,) = ast.parse(test).body
    (found,) = [node for node in ast.walk(call) if isinstance(node, ast.Dict)]
    return ast.literal_eval(found.keys[0] or call)


def test_what_is_copied_as_a_test_reads_as_by_hand() -> None:
    tests = [frame.test for frame in film().frames]
    assert tests[0] == ""
    assert tests[7] == 'assert_partials(L, {"d_L_d_L": 1.0})'
    assert tests[9] == 'assert_partials(L, {"d_L_d_o1": lambda y_true, o1: -2 * (y_true - o1)})'
    assert tests[16] == 'assert_partials(L, {"d_h1_d_sum_h1": lambda h1: h1 * (1 - h1)})'
    assert tests[17] == 'assert_partials(L, {"d_sum_h1_d_w1": lambda x1: x1})'
    whole = "lambda y_true, o1, w5, h1, x1: -2 * (y_true - o1) * o1 * (1 - o1) * w5 * h1 * (1 - h1) * x1"
    assert tests[28] == f'assert_partials(L, {{"d_L_d_w1": {whole}}})'


def test_a_partial_along_several_paths_is_the_sum_of_them() -> None:
    """The arrow carries a part of ∂c/∂a only; the rest comes by way of b."""
    a = Value(3.0, "a")
    b = (a * a).named("b")
    c = (a * b).named("c")
    tests = [frame.test for frame in play(c).film.frames if frame.test]
    assert 'assert_partials(c, {"d_c_d_a": lambda b, a: b + 2 * a * a})' in tests
    for test in tests:
        exec(test, {"assert_partials": assert_partials, "c": c})


def test_what_python_alone_cannot_compute_is_copied_as_a_number() -> None:
    x = Value(0.5, "x")
    root = (x.sin() * Value(2.0, "w")).named("L")
    tests = [frame.test for frame in play(root).film.frames if frame.test]
    assert f'assert_partials(L, {{"d_t1_d_x": {math.cos(0.5)!r}}})' in tests


def test_the_rule_in_words_and_what_comes_next() -> None:
    frames = film().frames
    assert frames[10].because == ("1 / (1 + exp(-x)) has the slope exp(-x) / (1 + exp(-x))², which is out * (1 - out)")
    assert frames[9].because == (
        "the exponent comes down and drops by one (x ** 0 is constant, even at 0); "
        "a difference grows with its first term and shrinks with its second"
    )
    assert frames[17].short == "∂L/∂w1 += ∂L/∂sum_h1 · x1"
    assert frames[1].short == "h1 = sigmoid(sum_h1)"


def test_accumulation_onto_zero_is_shown_too() -> None:
    a = Value(3.0, "a")
    root = ((a * 2).named("u") + (a * -2).named("v") + (a * a).named("w")).named("L")
    third = play(root).film.frames[-1]
    assert third.words.endswith("1 × 6 = 6, added to the 0 from before: 6.")
    assert spoken(third.formula) == "∂L∂a+=∂L∂w·(2·a)=0+1·6=0+6=6"
    assert len(third.arrows) == 3


def test_formulas_of_forward_seed_and_update() -> None:
    frames = film().frames
    assert spoken(frames[0].formula) == "sumh1=w1·x1+w2·x2+b1=1·(−2)+1·(−1)+0=−3"
    assert spoken(frames[7].formula) == "∂L∂L=1"
    assert spoken(frames[28].formula) == "w1←w1−η·∂L∂w1=1−0.1·0.02147=0.9979"
    assert film().code[frames[7].code] == "# d_L_d_L = 1"
    assert [frame.code for frame in frames[:7]] == list(range(7))


def test_arrows_carry_their_partials() -> None:
    shown = film()
    lines = list(shown.lines)
    source = shown.drawing.source
    for (tail, head), place in shown.arrows.items():
        (partial,) = [one for one in lines[head].partials if one.wrt is lines[tail]]
        label = re.search(rf"v{tail} -> v{head} \[label=\"?(.*?)\"? id=e{place}\]", source)
        assert label is not None
        assert label[1] == DRAWN.figure(partial.number)


def test_the_static_picture_is_that_after_backward() -> None:
    source = film().drawing.source
    assert r"w1\ndata 1\ngrad 0.02147" in source
    assert r"L\ndata 0.2269\ngrad 1" in source


def test_names_that_the_update_uses_itself() -> None:
    rate = Value(2.0, "learning_rate")
    frames = play((rate * Value(3.0, "η")).named("y"), 0.1).film
    assert "learning_rate -= learning_rate__2 * d_y_d_learning_rate" in frames.code
    assert "η←η−learning rate·∂y∂η" in spoken(frames.frames[-1].formula).replace("\u200b", "")


def test_accumulation_is_shown_as_accumulation() -> None:
    second = film().frames[24]
    assert spoken(second.formula) == "∂L∂x1+=∂L∂sumh2·w3=−0.01073+(−0.01073)·1=−0.01073+(−0.01073)=−0.02147"


def test_formulas_have_the_colours_of_what_they_name() -> None:
    formula = film().frames[17].formula
    for name in ("upstream", "partial", "contribution"):
        assert f'class="{name}"' in formula
    assert spoken(formula) == "∂L∂w1+=∂L∂sumh1·x1=(−0.01073)·(−2)=0.02147"
    assert spoken(film().frames[9].formula).startswith("∂L∂o1+=∂L∂L·(−2·(ytrue−o1))=1·(−0.9526)")


def test_making_a_film_changes_nothing() -> None:
    net, loss = articles_loss()
    net.w1.grad = 5.0
    play(loss, 0.1)._repr_html_()
    assert (net.w1.grad, net.w1.data, loss.grad) == (5.0, 1.0, 0.0)


def test_boxes_have_room_for_the_widest_number_to_come() -> None:
    shown = film()
    source = shown.drawing.source
    for place, line in enumerate(shown.lines):
        widest = max((len(frame.change.text) for frame in shown.frames if frame.target == place), default=0)
        (width,) = re.findall(rf"\bv{place} \[.*width=([\d.]+)", source)
        assert float(width) * 72 > 0.5 * 11 * (widest + len("grad ")), line


# The page ------------------------------------------------------------------------------------------------------------


def test_the_articles_player_is_small_and_stands_alone(tmp_path: Path) -> None:
    player = play(articles_loss()[1], 0.1)
    player.save(tmp_path / "backprop.html")
    page = (tmp_path / "backprop.html").read_text(encoding="utf-8")
    assert len(page.encode()) < 150_000
    assert page.startswith("<!doctype html>")
    addresses = set(re.findall(r"https?://[^\"' )\\\\]+", page))
    assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert not re.search(r"<(?:link|iframe|object)\b|src=(?!\"data:)|@import|url\(", page)
    assert "setTimeout" not in page
    assert [path.name for path in tmp_path.iterdir()] == ["backprop.html"]


def test_without_scripts_there_are_the_picture_and_all_sentences() -> None:
    page = play(articles_loss()[1], 0.1)._repr_html_()
    before = page.split("<script>")[0]
    picture = before.split("base64,")[1].split('"')[0]
    assert ElementTree.fromstring(b64decode(picture)).tag.endswith("svg")
    assert before.count("<tr>") == 37
    assert "Backward, step 18 of 37: L&#x27;s gradient flows through sum_h1" in before


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
    assert repr(player) == "<Player of the backward pass of L: 28 steps; .save('backprop.html') writes it to a file>"


def test_hostile_names_are_text() -> None:
    _, root = hostile_graph()
    page = play(root, 0.1)._repr_html_()
    assert page.count("</script>") == 1
    assert page.lower().count("<script") == 1
    assert "<img src=x" not in page.split("<script>")[0]
    # Nothing in a script may look like a comment or another script to the parser of HTML.
    assert not re.search(r"<!--|<script", page.split("<script>")[1], re.IGNORECASE)
    labels = contents(page)["labels"]
    assert isinstance(labels, list)
    assert "</script><img src=x onerror=alert(1)>" in labels
    assert page.encode()


def test_without_a_program_that_lays_out_everything_else_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    with pytest.raises(rendering.PictureError):
        rendering.layout_program()
    bundle = play(articles_loss()[1])._repr_mimebundle_()
    assert "pip install graphviz-pure" in bundle["text/html"]
    assert "Backward, step 9 of 28" in bundle["text/html"]
    assert "image/png" not in bundle


@pytest.mark.parametrize("name", sorted(ARTICLES))
def test_every_article_can_be_played(name: str) -> None:
    assert isinstance(play(one_sample(name, untrained(name)), 0.1)._repr_html_(), str)


def test_a_leaf_alone_and_an_unnamed_graph() -> None:
    alone = play(Value(2.0, "x"), 0.1).film
    assert len(alone.frames) == 2
    assert alone.code == ["# d_x_d_x = 1", "", "x -= learning_rate * 1.0"]
    assert "root" in play(Value(2.0) * Value(3.0)).film.frames[0].words


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
    words = play((x.log() * 1.0).named("y"), 5.0).film.frames[-1].words
    assert words.endswith("y was 0, and has no real value now: the step was too long.")


def test_player_is_what_play_returns() -> None:
    assert isinstance(play(Value(1.0)), Player)
