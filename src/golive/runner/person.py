"""Users by their names, or by digits where nobody has a name (a container that was given just a number).

Shipped to hosts: Python 3.6 syntax, standard library only.
"""

import os
import pwd


def person(name: str) -> pwd.struct_passwd:
    """The user called NAME. Raises KeyError when there is none."""
    if not name.isdigit():
        return pwd.getpwnam(name)
    try:
        return pwd.getpwuid(int(name))
    except KeyError:
        if int(name) != os.geteuid():
            raise
        return pwd.struct_passwd((name, "x", int(name), os.getegid(), "", os.environ.get("HOME", "/"), "/bin/sh"))
