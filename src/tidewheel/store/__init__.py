"""Facts and definitions on disk."""
