"""Where facts live: inbox (durable queue), tail (in memory), lake (Delta tables), view, catalog."""
