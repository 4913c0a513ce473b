"""Mistakes planted in random networks, for the tutor to find; `python -m tests.planting`."""
