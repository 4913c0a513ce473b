"""One sample's graph as array code for many samples: families of values that are computed alike become matrices."""
