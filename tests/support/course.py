"""Answers to the course's exercises, right and wrong, and the figures that its notebooks have to arrive at."""

from __future__ import annotations

# For each exercise a slip that a learner may well make: what to replace in the solution, and by what.
SLIPS = {
    "01_a_value_remembers": [
        ('bias = Value(0.1, "b")', 'bias = Value(-0.1, "b")'),
        ("1 * 2 + 5", "5"),
        ('square = (difference**2).named("square")', "square = difference**2"),
    ],
    "02_backprop_step_by_step": [
        ("reversed(lines)", "lines"),
        ("o1_by_h2 = -1.5 *", "o1_by_h2 = 2 *"),
        ("net.zero_grad()", "pass"),
    ],
    "03_check_your_derivation": [
        ("(1 - y * y) * x", "(1 - y * y)"),
        ("p - y_true", "y_true - p"),
        ("(through_h1 + through_h2)", "through_h2"),
    ],
    "04_train_the_five_networks": [
        ("size * (n_inputs + 1)", "size * n_inputs"),
        (") ** 0.5", ")"),
        ("3.0", "10.0"),
    ],
    "05_from_neurons_to_matrices": [
        ("total = bias", "total = 0.0"),
        ("shape_of_W_h = (7, 5)", "shape_of_W_h = (5, 7)"),
        ("total += arrived", "total = arrived"),
    ],
    "06_your_own_operation": [
        (" ** 2", ""),
        ('"y": "y / out"', '"y": "x / out"'),
        ("/ grad(grad(hill))(highest)", "* 0.1"),
    ],
    "07_a_gpt_one_number_at_a_time": [
        ("power / sum(powers)", "power"),
        ("1 + 2 + 3 + 4 + 5", "25"),
        (" / 3", ""),
    ],
}

# What learners typed, by exercise: a replacement in the solution, or an answer in its place; what the check has to say
# of it, and what it must not give away.
TYPED: dict[str, list[tuple[int, str | tuple[str, str], str, str]]] = {
    "01_a_value_remembers": [
        (1, ('.named("sum")', ""), "the sum has no name", "0.34298"),
        (1, ('.named("out")', ""), "the output has no name", "0.34298"),
        (1, "neuron = 0.343", "did you use plain numbers?", "0.34298"),
        (
            1,
            ('total.named("sum").sigmoid().named("out")', "sigmoid_by_hand(total)"),
            "has the method .sigmoid()",
            "sum is",
        ),
        (1, 'neuron = Value(-0.65, "sum").sigmoid().named("out")', "the sum is a number that was typed in", "0.34"),
        (1, ("0.25, ", "-0.25, "), "check the sum: yours is -2.15", "-0.65"),
        (2, ("1 * 2 + 5", "2"), "2 is the road through the sum", "7"),
        (2, ("1 * 2 + 5", "10"), "roads that meet add up", "7"),
        (2, ("arrows = 2", "arrows = 3"), "you counted 3 arrows", "7"),
        (3, ('y = (square + difference).named("y")', "y = square + difference"), "y itself has no name", "t1"),
    ],
    "02_backprop_step_by_step": [
        (1, ("gradient[name] + ", ""), "C: s is read by t and by u", "15"),
        (1, (" * partial.number", ""), "C: what arrives has to be multiplied", "15"),
        (
            1,
            (
                "gradient[name] + gradient[line.label] * partial.number",
                "(gradient[name] + gradient[line.label]) * partial.number",
            ),
            "yours has 42.0: multiply only what has arrived",
            "36",
        ),
        (1, ("gradient[line.label] * partial", "gradient[name] * partial"), "C: t has got nothing from u", "6"),
        (1, ("gradient[line.label] *", "gradient[line] *"), "C reads gradient[line.label]", "15"),
        (
            1,
            ("gradient[name] + gradient[line.label] * partial.number", "gradient[name] * partial.number"),
            "C: t has got nothing from u",
            "6",
        ),
        (1, ("reversed(lines)", "lines.reverse()"), "lines.reverse() gives None", "15"),
        (1, ("] = 1.0", "] = 0.0"), "A: when u rises by 1", "15"),
        (1, ("reversed(lines)", "lines"), "B: s has handed on nothing to w", "15"),
        (1, ("reversed(lines)", "sorted(lines, key=lambda line: 'usxtw'.index(line.label))"), "B: ", "45"),
        (2, (" * h2 * (1 - h2)", ""), "you left out ∂h2/∂sum_h2 = h2 · (1 - h2)", "0.2089"),
        (2, (" * y_pred * (1 - y_pred)", ""), "you left out ∂o1/∂sum_o1 = o1 · (1 - o1)", "0.2089"),
        (2, ("-1.5 * y_pred", "1 * y_pred"), "you left out ∂sum_o1/∂h2 = w6", "0.2089"),
        (2, ("L_by_o1 = -2", "L_by_o1 = 2"), "you flipped the sign", "0.2089"),
        (2, "d_L_d_w4 = 0.1", "too few digits", "0.2089"),
        (2, 'd_L_d_w4 = {"here": "-0.2089", "x1 = 1": "-0.2089"}', "you flipped the sign", " 0.2089"),
        (2, "d_L_d_w4 = '0.2089'", "should be a number", "0.2088"),
        (2, "d_L_d_w4 = 0.777", "no single listed mistake", "0.2089"),
        (2, ("h2_by_w4 = x2", "h2_by_w4 = x1"), "you gave d_L_d_w3", "0.2089"),
        (2, ("-1.5 * y_pred", "2 * y_pred"), "w5 in the place of w6", "0.2089"),
        (2, ("x2 * h2 * (1 - h2)", "x2 * h1 * (1 - h1)"), "h1 · (1 - h1) in the place of h2 · (1 - h2)", "0.2089"),
        (2, 'd_L_d_w4 = {"here": "-0.1767", "x1 = 1": "0.1"}', "the road through h1", "0.2089"),
        (3, ("parameter.data -=", "parameter = parameter -"), "nothing has moved", "0.19"),
        (3, ("net.zero_grad()", "pass"), "what was in w1.grad before the epoch changes it", "0.19"),
        (3, ("-= 0.1", "+= 0.1"), "a step against the gradient has a minus", "0.19"),
        (3, ("-= 0.1", "-= 0.2"), "not the article's", "0.19373"),
        (
            3,
            (".backward()\n", ".backward()\n        net.zero_grad()\n"),
            "cleared between backward() and the step?",
            "0.19",
        ),
        (3, ("-= 0.1 * ", "-= "), "you move by the whole gradient", "0.19"),
        (3, ("-= 0.1", "= -0.1"), "w1 should stay 0.1", "0.19"),
        (3, ("    for row", "    start()\n    for row"), "does epoch() call start()?", "0.19"),
        (
            3,
            "def epoch():\n"
            "    net.zero_grad()\n"
            "    for row, target in PEOPLE.values():\n"
            "        mean_squared_error(net(row), target).backward()\n"
            "        for parameter in net.parameters():\n"
            "            parameter.data -= 0.1 * parameter.grad",
            "clear them before each person",
            "0.19",
        ),
        (
            3,
            "def epoch():\n"
            "    for row, target in PEOPLE.values():\n"
            "        net.zero_grad()\n"
            "        mean_squared_error(net(row), target).backward()\n"
            "    for parameter in net.parameters():\n"
            "        parameter.data -= 0.1 * parameter.grad",
            "with the last person's gradient",
            "0.19",
        ),
        (
            3,
            "def epoch():\n"
            "    net.zero_grad()\n"
            "    for row, target in PEOPLE.values():\n"
            "        mean_squared_error(net(row), target).backward()\n"
            "    for parameter in net.parameters():\n"
            "        parameter.data -= 0.1 * parameter.grad",
            "you move the parameters once an epoch",
            "0.19",
        ),
    ],
    "03_check_your_derivation": [
        (1, ("(1 - y * y) * x", "(1 - y * y) * 0.5"), "you wrote 0.5 where x belongs", "engine's"),
        (1, (" * (1 - y * y) * x", " * x"), "you left out ∂y/∂z = 1 - y · y", "engine's"),
        (
            1,
            ("(1 - y * y) * x", "y * (1 - y) * x"),
            "you took sigmoid's derivative y · (1 - y) for that of tanh",
            "engine's",
        ),
        (
            1,
            ("y, x: -2 * (y_true - y) * (1 - y * y)", "y, z, x: -2 * (y_true - y) * (1 - z.tanh() ** 2)"),
            "the arguments are plain numbers",
            "engine's",
        ),
        (1, ("y, x: -2 * (y_true - y)", "z, x: -2 * (y_true - tanh(z))"), "name 'tanh' is not defined", "engine's"),
        (1, ("y_true, y, x:", "y_true, y:"), "make it an argument", "engine's"),
        (
            2,
            ("lambda p, y_true: p - y_true", "lambda p, y: p - y"),
            "nothing in the graph of L is named 'y' (must be one of z, y_true, p, L)",
            "engine's",
        ),
        (2, ("lambda p, y_true: p - y_true", "lambda p, y_true, z: p - y_true"), "takes 3 names", "engine's"),
        (
            2,
            ("p - y_true\n", "(-y_true / p + (1 - y_true) / (1 - p)) * p * (1 - p)\n"),
            "now cancel p · (1 - p)",
            "engine's",
        ),
        (
            3,
            "d_L_d_x1 = lambda y_true, o1, w1, w4, w5, w6, h1, h2: (\n"
            "    -2 * (y_true - o1) * slope(o1) * (w5 * slope(h1) * w1 + w6 * slope(h2) * w4)\n)",
            "you wrote w4 where w3 belongs",
            "engine's",
        ),
        (3, ("(through_h1 + through_h2)", "through_h1"), "you counted only", "engine's"),
        (3, ("(through_h1 + through_h2)", "through_h1 * through_h2"), "you multiplied the paths to x1", "engine's"),
    ],
    "04_train_the_five_networks": [
        (1, ("(n_inputs + 1)", "n_inputs"), "MLP(2, [2, 1]) has more than 6", "9"),
        (2, ("/ deviation", "* deviation"), "the standard deviation is", "0.9"),
        (3, ("3.0", "1.0"), "too small", "3.0"),
        (3, ("3.0", "10.0"), "too large", "3.0"),
    ],
    "05_from_neurons_to_matrices": [
        (1, ("total = bias", "total = 0.0"), "sum 1: the bias is missing", "9.0"),
        (2, ("(20, 7)", "(7, 20)"), "a row for each sample", "(20, 7)"),
        (3, ("total += arrived", "total = arrived"), "only the last sample is in it", "3.0"),
        (3, "d_W = lambda d_sum, X: (np.array(X).T @ d_sum).tolist()", "lies the other way", "3.0"),
        (3, "d_W = lambda d_sum, X: (np.array(d_sum).T @ X / len(X)).tolist()", "mean over the samples", "3.0"),
        (1, "layer = lambda W, b, x: sum(W[0]) + b[0]", "return a list of numbers", "9.0"),
        (
            1,
            "layer = lambda W, b, x: [[w * n for w, n in zip(row, x)] for row in W]",
            "return a list of numbers",
            "9.0",
        ),
        (2, ("(7, 5)\nshape_of_h", "[7, 20]\nshape_of_h"), "a column for each input, not (7, 20)", "(7, 5)"),
        (
            3,
            "d_W = lambda d_sum, X: [[one * row[0] for one in sums] for sums, row in zip(d_sum, X)]",
            "added up",
            "3.0",
        ),
        (3, "d_W = lambda d_sum, X: None", "is there a return in it?", "3.0"),
        (3, ("    return rows", "        return rows"), "does it return too early?", "3.0"),
        (3, "d_W = lambda d_sum, X: [[sum(map(sum, d_sum))] * 3] * 2", "both rows are the same", "3.0"),
    ],
    "06_your_own_operation": [
        (1, ("(1 + abs(x)) ** 2", "(1 + abs(x))"), "your slope is 4 times what nudging says", "0.0625"),
        (1, ('"elliott", "x / (1', '"elliott", "x / (2'), "its expression is not", "0.0625"),
        (2, ('"x / out"', '"x"'), "nudging x does not give your slope, 3", "0.6"),
        (3, ("range(6)", "range(1)"), "not yet 0", "0.88"),
        (1, ("(1 + abs(x)) ** 2", "(1 + x) ** 2"), "right for x > 0; at x = -3 it is 4 times", "0.0625"),
        (1, ("(1 + abs(x)) ** 2", "(1 + abs(x))"), "wrong at 4 of 4 points", "0.0625"),
    ],
    "07_a_gpt_one_number_at_a_time": [
        (1, ("[power / sum(powers) for power in powers]", "powers"), "shares add up to 1; yours to 3.854", "0.705"),
        (1, ("exp(score)", "score"), "a share is above 0", "0.705"),
        (2, ("1 + 2 + 3 + 4 + 5", "10"), "each position looks at itself, too", "15"),
        (2, ("1 + 2 + 3 + 4 + 5", "14"), "not 14 in all", "15"),
        (3, ("-(log", "(log"), "the loss above it", " 1.386"),
        (3, "name_loss = -log((0.5 + 0.25 + 0.125) / 3)", "take the logs first", "1.386"),
        (3, (" / 3", ""), "the sum over the three tokens", "1.386"),
        (1, ("exp(score)", "exp(abs(score))"), "does the sign count?", "0.705"),
        (1, ("exp(score)", "exp(max(score, 0))"), "does the sign count?", "0.705"),
        (
            1,
            ("[power / sum(powers) for power in powers]", "powers[0] / sum(powers)"),
            "a share for each score",
            "0.705",
        ),
        (3, "name_loss = 2.0", "that is with log2", "1.386"),
        (3, "name_loss = -log(0.5) - log(0.25) - log(0.125) / 3", "put the sum in brackets", "1.386"),
    ],
}

# Right, though not as it stands in the solution: a replacement in it, or an answer in its place.
ALSO_RIGHT: dict[str, list[tuple[int, str | tuple[str, str]]]] = {
    "02_backprop_step_by_step": [
        (1, ("reversed(lines)", "reversed(trace(root))")),
        (3, ("parameter.grad\n", "parameter.grad\n    return ...\n")),
        (2, "d_L_d_w4 = 0.2089"),
        (2, "d_L_d_w4 = 0.209"),
        (2, 'd_L_d_w4 = {"here": "0.2089", "x1 = 1": "0.2089"}'),
    ],
    "05_from_neurons_to_matrices": [
        (2, "shape_of_W_h, shape_of_h, shape_of_d_W_h = [7, 5], [20, 7], [7, 5]"),
    ],
}

# The articles' digits: what each notebook has to arrive at. They were computed by hand, or with NumPy.
FIGURES = {
    "01_a_value_remembers": [0.7216325609518421],
    "02_backprop_step_by_step": [
        0.04742587317756678,
        0.5236951740839997,
        0.22686628719087137,
        -0.9526096518320006,
        0.02146953526581111,
        0.010734767632905555,
        -0.010734767632905555,
        -0.011269220242958155,
        -0.23761755952842809,
    ],
    "04_train_the_five_networks": [
        0.360582644762974,
        0.19373015300928795,
        0.001524517918467611,
        0.0015093149138969675,
        0.9675211209379232,
        0.03904440779730403,
        0.03830302997404932,
        0.9279290160221977,
        0.9386831035376526,
        0.08505061433737479,
        0.004413679406915163,
        0.00707584,
        0.99837029,
        0.03124953,
        0.98762539,
    ],
    "05_from_neurons_to_matrices": [0.0015093149138969675],
}
