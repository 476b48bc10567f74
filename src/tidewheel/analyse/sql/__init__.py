"""SQL over the facts that analyses fold: read-only, within limits. The only part that imports duckdb."""
