"""Ways in which clients pack bodies, beyond gzip."""
