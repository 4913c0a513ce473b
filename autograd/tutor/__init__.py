"""The tutor: checks a partial that was derived by hand and, where it is wrong, says which mistake was made.

It computes the mistakes that people make and looks which of them gives what was handed in. A diagnosis is given only
where no other known mistake gives the same. In the order in which it works:

    answers                      what is handed in for a partial
    kinks, points, subgraph      the graph at other points, and what lies between two of its values
    edits, mistakes, catalogue   every mistake that can be made in one partial, and what it does to the gradient
    sampling, rounding           points at which mistakes differ, and what differs by rounding only
    diagnosis, numbers           which mistakes give the function, or the numbers, that were handed in
    report, checking             what is said of it, for every partial
"""
