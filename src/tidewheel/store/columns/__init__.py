"""Hot columns: memory-mapped arrays derived from the lake, safe to delete at any moment."""
