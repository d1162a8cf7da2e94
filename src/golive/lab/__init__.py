"""Practice servers: disposable real servers on this Linux machine.

Each one runs systemd as PID 1, sshd and apt, and has an address of its own (10.77.0.0/24). Nothing is mocked::

    server = Lab().up("web1")
    server.run(["systemctl", "is-system-running"])
    server.down()

The lab needs Linux, root and the tools in :data:`TOOLS`. Importing this package needs none of them.
"""

from golive.lab.practice import Lab, PracticeServer, Server, known_servers
from golive.lab.requirements import APT_PACKAGES, TOOLS

__all__ = ["APT_PACKAGES", "TOOLS", "Lab", "PracticeServer", "Server", "known_servers"]
