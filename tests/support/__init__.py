"""What tests share: independent oracles, graphs, programs, and a browser."""
