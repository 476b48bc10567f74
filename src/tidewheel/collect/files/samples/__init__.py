"""Made-up exports of three platforms, for the tutorial: whoever is in them does not exist."""
