"""The lab's network: one bridge, a network namespace a server, addresses 10.77.0.2 to 10.77.0.254."""

from __future__ import annotations

import time
from pathlib import Path

from golive.errors import Refused
from golive.lab.store import MACHINE_HOME, locked
from golive.lab.tool import call

BRIDGE = "golive0"
GATEWAY = "10.77.0.1"
NETWORK = "10.77.0.0/24"
NUMBERS = range(2, 255)
# Inserted first in their chains: Docker, where it runs, drops what it does not know.
_RULES = (
    ("nat", ("POSTROUTING", "-s", NETWORK, "!", "-o", BRIDGE, "-j", "MASQUERADE")),
    ("filter", ("FORWARD", "-i", BRIDGE, "-j", "ACCEPT")),
    ("filter", ("FORWARD", "-o", BRIDGE, "-m", "state", "--state", "RELATED,ESTABLISHED", "-j", "ACCEPT")),
)
_ADDRESSES = MACHINE_HOME / "addresses"
_LOCK = MACHINE_HOME / "network.lock"
_LINK_SECONDS = 5.0


def link_name(number: int) -> str:
    """The name of a server's network namespace, and of its end of the cable on the bridge."""
    return f"golive-{number}"


def hardware_address(number: int) -> str:
    """A fixed hardware address, so that the machine may know it by heart."""
    return f"02:77:00:00:00:{number:02x}"


def claim_address(folder: Path) -> int:
    """Reserve a free number for the server that lives in ``folder``, which has to exist already.

    A claim counts as long as its folder is there, so a server that died with its files needs no cleaning up.
    Raises Refused lab-no-address when all are taken.
    """
    with locked(_LOCK):
        _ADDRESSES.mkdir(parents=True, exist_ok=True)
        for number in NUMBERS:
            claim = _ADDRESSES / str(number)
            if _holder(claim) is None:
                claim.write_text(str(folder), "utf-8")
                return number
    raise Refused("lab-no-address", network=NETWORK)


def release_address(number: int, folder: Path) -> None:
    """Give the number back, if it is ``folder``'s. The last one out takes the bridge and its rules away."""
    with locked(_LOCK):
        claim = _ADDRESSES / str(number)
        if _holder(claim) == folder:
            claim.unlink()
        if not any(_holder(claim) for claim in _ADDRESSES.glob("*")):
            _remove_bridge()


def number_of(folder: Path) -> int | None:
    """The number that ``folder`` has claimed, whatever its record says."""
    for claim in _ADDRESSES.glob("*"):
        if _holder(claim) == folder:
            return int(claim.name)
    return None


def _holder(claim: Path) -> Path | None:
    try:
        folder = Path(claim.read_text("utf-8"))
    except OSError:
        return None
    return folder if folder.is_dir() else None


def connect(number: int) -> None:
    """Make the server's network namespace, with its cable to the bridge and the way out. Idempotent."""
    link, address = link_name(number), f"10.77.0.{number}"
    with locked(_LOCK):
        _ensure_bridge()
        if Path("/run/netns", link).exists() and Path("/sys/class/net", link).exists():
            return
        _disconnect(link)
        call(["ip", "netns", "add", link])
        mtu = str(_uplink_mtu())
        inside = ["name", "eth0", "mtu", mtu, "address", hardware_address(number), "netns", link]
        call(["ip", "link", "add", link, "mtu", mtu, "type", "veth", "peer", *inside])
        call(["ip", "link", "set", link, "master", BRIDGE, "up"])
        call(["ip", "-n", link, "link", "set", "lo", "up"])
        call(["ip", "-n", link, "address", "add", f"{address}/24", "dev", "eth0"])
        call(["ip", "-n", link, "link", "set", "eth0", "up"])
        call(["ip", "-n", link, "route", "add", "default", "via", GATEWAY])
        # Known by heart, so that packets to a cut-off server vanish instead of failing with "no route to host".
        neighbour = [address, "lladdr", hardware_address(number), "dev", BRIDGE, "nud", "permanent"]
        call(["ip", "neighbour", "replace", *neighbour])


def disconnect(number: int) -> None:
    """Take the server's namespace and cable away. Idempotent."""
    with locked(_LOCK):
        _disconnect(link_name(number))
        call(["ip", "neighbour", "del", f"10.77.0.{number}", "dev", BRIDGE], check=False)


def _disconnect(link: str) -> None:
    if Path("/sys/class/net", link).exists():
        call(["ip", "link", "del", link], check=False)
    if Path("/run/netns", link).exists():
        call(["ip", "netns", "del", link], check=False)


def set_cable(number: int, *, connected: bool) -> None:
    """Drop every packet to and from the server, or let them pass again. Open connections stay open.

    The bridge's port is disabled rather than the link put down: then neither side sees an error.
    """
    state = "3" if connected else "0"  # forwarding, disabled
    plug = ["bridge", "link", "set", "dev", link_name(number), "state", state]
    deadline = time.monotonic() + _LINK_SECONDS
    # The kernel notices a new cable in its own time, up to a second later, and refuses until then ("Network is down").
    while call(plug, check=time.monotonic() > deadline).returncode != 0:
        time.sleep(0.02)


def _ensure_bridge() -> None:
    if not Path("/sys/class/net", BRIDGE).exists():
        # An address of its own: otherwise it takes that of one of its ports, another one whenever servers come and go,
        # and all the others go on sending to the old one for a while.
        call(["ip", "link", "add", BRIDGE, "address", hardware_address(1), "type", "bridge", "stp_state", "0"])
        call(["ip", "address", "add", f"{GATEWAY}/24", "dev", BRIDGE])
        call(["ip", "link", "set", BRIDGE, "up"])
    Path("/proc/sys/net/ipv4/ip_forward").write_text("1", "ascii")
    for table, rule in _RULES:
        if call(["iptables", "-w", "-t", table, "-C", *rule], check=False).returncode != 0:
            call(["iptables", "-w", "-t", table, "-I", *rule])


def _remove_bridge() -> None:
    """Nothing of the lab stays in the machine's network, unless someone else has plugged a cable in."""
    ports = Path("/sys/class/net", BRIDGE, "brif")
    if not ports.is_dir() or any(ports.iterdir()):
        return
    call(["ip", "link", "del", BRIDGE], check=False)
    for table, rule in _RULES:
        call(["iptables", "-w", "-t", table, "-D", *rule], check=False)


def _uplink_mtu() -> int:
    """The packet size of the machine's way out; a larger one inside would make downloads hang."""
    words = call(["ip", "-4", "route", "show", "default"], check=False).stdout.split()
    device = words[words.index("dev") + 1] if "dev" in words else "lo"
    return min(1500, int(Path("/sys/class/net", device, "mtu").read_text("ascii")))
