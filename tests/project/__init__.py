"""Tests of the project as a whole: documents, layout, wheel, notebooks."""
