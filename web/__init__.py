"""The site, made from a clone: documentation, the course and a playground in one static folder.

`python -m web` builds it (`make site`). `runtime.py` lays out the Python of the browser, `course.py` the notebooks that
run on it, `playground.py` the playground. `pages.py` makes the documentation, for which `reference.py` lists the public
names and `docstrings.py` reads them. `serve.py` shows the folder.
"""
