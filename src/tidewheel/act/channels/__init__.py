"""The ways messages go out; one file each."""
