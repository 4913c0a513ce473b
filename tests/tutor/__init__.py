"""How well the tutor finds mistakes: planted with formulas of their own, over random networks. python -m tests.tutor"""
