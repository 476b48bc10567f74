"""Funnels: the question, its answer, and what makes the answer out of chains."""
