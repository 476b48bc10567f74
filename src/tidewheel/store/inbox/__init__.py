"""The durable queue in front of the lake, and the dead letter beside it. Owns SQLite."""
