"""One read-only look at a host: everything that a plan may depend on, in one go.

The twin of ``golive.protocol.facts.Facts``, whose docstring gives the shape. Files under /proc, /etc and /var are read
directly; a program is started only for what cannot be read (units, an asked-for interpreter, the proxy's own test).
"""

import threading
import time
from typing import Any, Dict

from golive.protocol.facts import ProbeRequest
from golive.runner import (
    probe_app,
    probe_files,
    probe_firewall,
    probe_network,
    probe_packages,
    probe_proxy,
    probe_sites,
    probe_sources,
    probe_system,
    probe_units,
)
from golive.runner.layout import local_layout

FORMAT = 1


def gather(request: ProbeRequest) -> Dict[str, Any]:
    """The facts object for REQUEST. Never raises for what a host may be like: what cannot be read is empty."""
    proxies = {}  # type: Dict[str, Any]
    # The proxy's own test takes as long as everything else together.
    testing = threading.Thread(
        target=lambda: proxies.update(probe_proxy.proxies(test=bool(request.app or request.ports)))
    )
    testing.start()
    system = probe_system.system()
    systemd = system["systemd"]
    here = local_layout()
    app = probe_app.one_app(request.app, request.salt) if request.app else None
    apps = probe_app.all_apps()
    units = request.units + probe_app.live_units(app)
    facts: Dict[str, Any] = {
        "format": FORMAT,
        "kind": "server" if here is None else "local",
        "clock": int(time.time()),
        "packages": probe_packages.versions(request.packages),
        "apt": dict(probe_packages.apt(), sources=probe_sources.apt_sources()),
        "pip": probe_sources.pip(),
        "pythons": {path: probe_system.python_version(path) for path in request.pythons},
        "files": {path: probe_files.look(path) for path in request.files},
        "units": probe_units.states(units) if systemd or here is not None else probe_units.absent(units),
        "users": {name: probe_files.user(name) for name in request.users},
        "ports": probe_network.listeners(request.ports),
        "panels": probe_proxy.panels(),
        "default_sites": probe_sites.default_sites() if here is None else {},
        "firewall": probe_firewall.firewall(request.ports) if here is None else {},
        "apps": apps,
        "app": app,
        "golive": probe_app.golive_itself(),
    }
    facts.update(system)
    if request.all_apps:
        from golive.runner.probe_occupied import occupied

        facts["occupied"] = occupied(apps)
    testing.join()
    facts["proxy"] = proxies
    if request.measure:
        from golive.runner.measure import measure

        facts["mirrors"] = measure(request.measure)
    return facts
