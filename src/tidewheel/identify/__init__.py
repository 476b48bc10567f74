"""Whose facts they are: links, resolution, people and their properties."""
