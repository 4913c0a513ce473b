"""The engine: the calculus table, Value, and the backward pass."""
