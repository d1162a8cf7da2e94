"""What runs on the user's own computer beside the apps, by golive's own interpreter: their start, a proxy, their logs.

Standard library only: it has to start fast, and goes on running while golive itself is updated.
"""
