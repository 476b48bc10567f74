"""Measurements of Tidewheel beside other engines; ``make bench`` runs them."""
