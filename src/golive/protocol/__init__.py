"""What the controller and the runner say to each other.

Standard library only and Python 3.6 syntax: these files are shipped to hosts.
"""
