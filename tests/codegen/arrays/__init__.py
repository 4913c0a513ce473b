"""Tests of array code."""
