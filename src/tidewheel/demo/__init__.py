"""A beauty brand made from a seed, with the truth planted in it."""

from tidewheel.demo.world import DEFAULT, World, world

__all__ = ["DEFAULT", "World", "world"]
