"""Speed, always as a ratio: `make bench`, or python -m tests.bench. Not part of `make test`."""
