"""The playground: its page and its worker; `runner.py` is what the worker runs."""
