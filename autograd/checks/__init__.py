"""Whether gradients are right: three oracles, and where a NaN began."""
