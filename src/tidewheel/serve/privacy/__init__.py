"""Personal data: what a project has decided about it, who may see it, exporting and erasing a person."""
