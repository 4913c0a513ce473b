"""The tutor: checks a partial that was derived by hand and, where it is wrong, says which mistake was made.

It computes the mistakes that people make and looks which of them gives what was handed in. A diagnosis is given only
where no other known mistake gives the same.

    keys.py        which partial is meant: of what, with respect to what
    answers.py     what is handed in: a number, a number on paper, a function
    kinks.py       what has a kink, and what is flat far from 0, by the rows of the table
    points.py      the graph at other points: other numbers for the leaves
    subgraph.py    what lies between two values: edges, paths, gradients
    edits.py       what a mistake does to a gradient
    mistakes.py    the mistakes in one factor, and how mistakes are said
    catalogue.py   all mistakes that can be made in one partial
    sampling.py    points chosen so that mistakes differ there
    rounding.py    which answers differ by rounding only, compared with exact arithmetic
    diagnosis.py   which mistakes give the function that was handed in
    numbers.py     which mistakes give the numbers that were
    large.py       graphs that are only compared
    report.py      the verdicts as text and as HTML
    checking.py    assert_partials and check_partials: all of it, for every partial handed in
"""
