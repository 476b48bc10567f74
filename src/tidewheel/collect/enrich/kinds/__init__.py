"""The enrichments: one file each, found by looking."""
