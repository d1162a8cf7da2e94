"""Asking whether it works, and letting the old release go: what a person would type."""

from __future__ import annotations

from golive.explain.shell import own
from golive.explain.shell.quoting import words
from golive.protocol.steps import DrainUnits, Endpoint, VerifySite, WaitHealthy


def render_shell_wait_healthy(action: WaitHealthy) -> tuple[str, ...]:
    """As a visitor would ask: with the site's Host, and the scheme that the proxy will tell."""
    asked = tuple(
        words("timeout", str(action.timeout), "bash", "-c", f"until {_ask(action, endpoint)}; do sleep 0.2; done")
        for endpoint in action.endpoints
    )
    if action.supervisor:
        return (*asked, own.control(action.supervisor, "status", *action.units))
    return (*asked, words("systemctl", "is-active", *action.units)) if action.units else asked


def _ask(action: WaitHealthy, endpoint: Endpoint) -> str:
    place = ("--unix-socket", endpoint.socket) if endpoint.socket else ()
    authority = "localhost" if endpoint.socket else f"{endpoint.address}:{endpoint.port}"
    headers = ("-H", f"Host: {action.host}", "-H", f"X-Forwarded-Proto: {action.scheme}")
    show = ("-sS", "-o", "/dev/null", "-w", "%{http_code}\\n")
    return words("curl", *show, *place, *headers, f"http://{authority}{action.path}")


def render_shell_verify_site(action: VerifySite) -> tuple[str, ...]:
    """Through the proxy: first that it is this release which answers, then the page itself."""
    curl = ("curl", "-sS", "-H", f"Host: {action.host}")
    site = f"http://127.0.0.1:{action.port}"
    identity = words(*curl, site + action.identity_path)
    page = ("-o", "/dev/null", "-w", "%{http_code}\\n")
    ours = f'[ "$({identity})" = {words(action.identity.strip())} ]'
    # For a moment after a reload, an old worker of the proxy may still answer.
    waits = words("timeout", "10", "bash", "-c", f"until {ours}; do sleep 0.2; done")
    return (waits, words(*curl, *page, site + action.path))


def render_shell_drain_units(action: DrainUnits) -> tuple[str, ...]:
    """Wait until nobody is connected to the old release any more, then stop it."""
    waits = tuple(
        words("timeout", str(action.timeout), "bash", "-c", f"while {_connected(endpoint)}; do sleep 0.5; done")
        + " || true"
        for endpoint in action.endpoints
    )
    if action.supervisor:
        return (*waits, own.control(action.supervisor, "stop", *action.units))
    return (*waits, words("systemctl", "stop", *action.units))


def _connected(endpoint: Endpoint) -> str:
    if endpoint.socket:
        # The listening socket itself is one of the lines.
        return f'[ "$({words("grep", "-c", "-F", endpoint.socket, "/proc/net/unix")})" -gt 1 ]'
    return f"{words('ss', '-tHn', 'state', 'established', f'( sport = :{endpoint.port} )')} | grep -q ."
