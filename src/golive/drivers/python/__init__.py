"""Python on a host: which interpreter, and the virtual environment an app runs in."""
