"""The analyses: one file each, found by looking."""
