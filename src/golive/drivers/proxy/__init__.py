"""Proxies: the web server that visitors reach, in front of the app."""
