"""Where folds run: one file an executor."""
