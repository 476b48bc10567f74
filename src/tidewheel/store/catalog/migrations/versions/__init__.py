"""One step a file, applied in order."""
