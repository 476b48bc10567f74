"""What is done about the figures: judged against what was expected, and told."""
