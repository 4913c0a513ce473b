"""The evaluation trace: a recorded graph as a list of assignments."""
