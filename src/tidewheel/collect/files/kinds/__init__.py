"""What a file can hold: one file each, found by looking."""
