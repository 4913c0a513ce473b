"""A trace printed as code: for people, and for speed."""
