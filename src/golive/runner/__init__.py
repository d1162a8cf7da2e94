"""What runs on the host: it performs a plan under a journal and a lease, and takes it back when it fails.

Standard library only and Python 3.6 syntax: these files are shipped to hosts.
"""
