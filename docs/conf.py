"""How Sphinx makes the pages. `python -m web` lays the sources out first (web/pages.py)."""

import sys
from pathlib import Path

# The sources are built from a copy, in build/site/pages.
sys.path.insert(0, str(Path(__file__).parents[3]))

from web import docstrings

project = "stepgrad"
author = "The stepgrad authors"
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.viewcode", "sphinx_copybutton"]
source_suffix = {".md": "myst-nb", ".ipynb": "myst-nb", ".rst": "restructuredtext"}
exclude_patterns = ["_*.md"]
templates_path = ["_templates"]

# Notebooks are shown as they are committed. Of what an output is, the page with its scripts comes first.
nb_execution_mode = "off"
# Folded are the checks of exercises, which know the answers.
nb_code_prompt_show, nb_code_prompt_hide = "Show the code of the check", "Hide the code of the check"
nb_mime_priority_overrides = [("*", "text/html", 0)]
myst_enable_extensions = ["attrs_inline", "colon_fence"]
myst_heading_anchors = 3
# Links to pages that Sphinx does not make.
myst_url_schemes = {"http": None, "https": None, "site": "{{path}}"}
suppress_warnings = ["myst.header"]  # a lesson may go from a title to an exercise

autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
python_maximum_signature_line_length = 88
python_use_unqualified_type_names = True
add_module_names = False

html_theme = "furo"
html_title = "stepgrad"
html_favicon = "favicon.svg"
html_static_path = ["site.css", "site.js", "badge.svg"]
html_css_files = ["site.css"]
html_js_files = ["site.js"]
html_extra_path = ["extra"]
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#0072b2", "color-brand-content": "#0072b2"},
    "dark_css_variables": {
        "color-brand-primary": "#56b4e9",
        "color-brand-content": "#56b4e9",
        "color-background-primary": "#111111",
    },
}
copybutton_exclude = ".linenos, .gp, .go"


def setup(app):
    """Docstrings are read as web/docstrings.py says."""
    app.connect("autodoc-process-docstring", docstrings.process)
    app.connect("autodoc-process-signature", docstrings.signature)
    app.connect("autodoc-skip-member", docstrings.skip)
