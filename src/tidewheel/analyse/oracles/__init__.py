"""Oracles: one file an analysis, named like it."""
