"""Who may be one person without a link that says so: pairs to look at, found by comparing what is known of people."""
