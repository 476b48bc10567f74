"""Where facts live: inbox, lake, columns, catalog."""
