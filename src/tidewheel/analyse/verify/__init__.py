"""Checking answers on a project's own facts, with oracles and plain Python."""
