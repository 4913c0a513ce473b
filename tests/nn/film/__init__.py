"""Tests of the training player."""
