"""Random programs, files, names and rows; `python -m tests.fuzz`."""
