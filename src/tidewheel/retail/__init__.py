"""Ready reports for shops, each a set of questions."""
