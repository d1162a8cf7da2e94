"""App servers: the programs that turn HTTP requests into calls of a Python app."""
