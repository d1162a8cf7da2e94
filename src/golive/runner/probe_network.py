"""Addresses of the host, and who listens on its ports. Read from /proc: no program is started."""

import fcntl
import os
import re
import socket
import struct
from typing import Any, Dict, Iterable, List, Optional, Set, Tuple

from golive.runner.file_locks import program_of, unit_of

_SIOCGIFADDR = 0x8915
_VIRTUAL = re.compile(r"^(lo|docker\d*|br-.*|veth.*|virbr.*|cni.*|flannel.*|lxcbr.*|cali.*|tailscale.*|wg\d+)$")
_LISTEN = "0A"


def _lines(path: str) -> List[str]:
    try:
        with open(path) as stream:
            return stream.read().splitlines()
    except OSError:
        return []


def addresses() -> Tuple[List[str], bool]:
    """The host's global addresses, IPv4 first (containers and tunnels left out), and whether there is IPv6 at all."""
    hidden = _virtual_ipv4()
    found = []  # type: List[str]
    last = ""
    for line in _lines("/proc/net/fib_trie"):
        words = line.split()
        if words[:1] == ["|--"]:
            last = words[1]
        elif words[:3] == ["/32", "host", "LOCAL"] and not last.startswith("127.") and last not in hidden:
            found.append(last)
    for line in _lines("/proc/net/if_inet6"):
        digits, _, _, scope, _, interface = line.split()
        if scope == "00" and not _VIRTUAL.match(interface):
            found.append(socket.inet_ntop(socket.AF_INET6, bytes.fromhex(digits)))
    return list(dict.fromkeys(found)), _has_ipv6()


def _virtual_ipv4() -> Set[str]:
    found = set()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
        for _, name in socket.if_nameindex():
            if not _VIRTUAL.match(name):
                continue
            try:
                answer = fcntl.ioctl(asker.fileno(), _SIOCGIFADDR, struct.pack("256s", name.encode()[:15]))
            except OSError:
                continue
            found.add(socket.inet_ntoa(answer[20:24]))
    return found


def _has_ipv6() -> bool:
    try:
        socket.socket(socket.AF_INET6, socket.SOCK_STREAM).close()
    except OSError:
        return False
    return os.path.exists("/proc/net/if_inet6")


def listeners(ports: Iterable[int]) -> Dict[str, Optional[Dict[str, Any]]]:
    """Who listens on each of PORTS: ``{program, pid, unit}``, None for a free one, an unknown program as ""."""
    wanted = tuple(ports)
    sockets = _listening_sockets(set(wanted))
    holders = _holders({inode for inode, _ in sockets})
    told = {str(port): None for port in wanted}  # type: Dict[str, Optional[Dict[str, Any]]]
    for inode, port in sockets:
        pid = holders.get(inode, 0)
        if told[str(port)] is None or (pid and not told[str(port)]["pid"]):  # type: ignore[index]
            told[str(port)] = {
                "program": program_of(pid) if pid else "",
                "pid": pid,
                "unit": unit_of(pid) if pid else "",
            }
    return told


def _listening_sockets(ports: Set[int]) -> List[Tuple[str, int]]:
    """Inode and port of each listening TCP socket on one of PORTS."""
    found = []
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in _lines(table)[1:] if ports else ():
            words = line.split()
            port = int(words[1].rpartition(":")[2], 16)
            if words[3] == _LISTEN and port in ports:
                found.append((words[9], port))
    return found


def _holders(inodes: Set[str]) -> Dict[str, int]:
    """The lowest process id that has each socket open: the master, where there are workers."""
    left = {"socket:[{}]".format(inode): inode for inode in inodes}
    holders = {}  # type: Dict[str, int]
    for pid in sorted(int(name) for name in os.listdir("/proc") if name.isdigit()) if left else ():
        for target in _open_files("/proc/{}/fd".format(pid)):
            if target in left:
                holders[left.pop(target)] = pid
        if not left:
            break
    return holders


def _open_files(folder: str) -> List[str]:
    found = []
    try:
        for name in os.listdir(folder):
            try:
                found.append(os.readlink(os.path.join(folder, name)))
            except FileNotFoundError:
                continue
    except OSError:
        pass
    return found
