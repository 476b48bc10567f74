"""How the catalog of one version becomes the next one's."""
