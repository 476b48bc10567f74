"""SQL over the facts that analyses fold: read-only, within limits, in a process of its own."""
