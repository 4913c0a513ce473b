"""Training: the loop, the engines it runs on, and what is kept of it."""
