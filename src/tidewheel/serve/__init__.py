"""How people reach it: the HTTP API, the command line and the built pages."""
