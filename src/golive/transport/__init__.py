"""How golive reaches a host: over SSH, on this computer, or not at all (for tests).

The three share one interface, ``golive.transport.interface.Transport``.
"""
