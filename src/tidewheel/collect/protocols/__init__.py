"""The protocols clients speak: one file each, found by looking."""
