"""Where facts are pulled from: one file each, found by looking."""
