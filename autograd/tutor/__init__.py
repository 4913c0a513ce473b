"""The tutor: checks a partial that was derived by hand and, where it is wrong, says which mistake was made.

It computes the mistakes that people make and looks which of them gives what was handed in. A diagnosis is given only
where no other known mistake gives the same.

    keys.py        what is claimed: which partial, of what with respect to what
    claims.py      what is handed in: a number, a number on paper, a function
    curves.py      what has a kink, and what is flat far from 0, by the rows of the table
    points.py      the graph at other points: other numbers for the leaves
    subgraph.py    what lies below a value, and between two: edges, and paths
    mistakes.py    the mistakes, and how they are said
    catalogue.py   those that can be made in one partial, and what they give
    sampling.py    points chosen so that mistakes differ there
    rounding.py    how much of a gradient is the engine's own rounding
    diagnosis.py   which mistakes give the function that was handed in
    numbers.py     which mistakes give the numbers that were
    report.py      the verdicts as text and as HTML
    writing.py     a partial as a test that passes
    checking.py    assert_partials and check_partials: all of it, for every partial handed in
"""
