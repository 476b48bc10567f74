"""The routes, one file a topic; each file has a ``router``."""
