"""Tests: one file for each module, and those about the whole table, the layout, the documents and the wheel."""
