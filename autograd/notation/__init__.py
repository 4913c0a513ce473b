"""How formulas and numbers are written and read: expressions, their simplification, their spellings, and names."""
