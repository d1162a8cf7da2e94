"""How a host without python3 gets it: the one script of golive's that is not the runner's."""

from __future__ import annotations

INSTALL_PYTHON = r"""
set -u
export DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l NEEDRESTART_SUSPEND=1 APT_LISTCHANGES_FRONTEND=none LC_ALL=C
command -v python3 >/dev/null 2>&1 && exit 0
command -v apt-get >/dev/null 2>&1 || { echo "no apt-get on this host"; exit 4; }

# A first boot runs apt by itself. Its locks are POSIX locks, listed in /proc/locks by inode.
held() {
    for lock in /var/lib/dpkg/lock-frontend /var/lib/dpkg/lock /var/lib/apt/lists/lock; do
        inode=$(stat -c %i "$lock" 2>/dev/null) && grep -q ":$inode " /proc/locks && return 0
    done
    return 1
}
waited=0
while held; do
    [ "$waited" -ge 600 ] && { echo "another program has held the package lock for 10 minutes"; exit 5; }
    [ "$waited" -eq 0 ] && echo "waiting for another program to finish with packages"
    sleep 2; waited=$((waited + 2))
done

dpkg --configure -a </dev/null 2>&1 || exit 6
install() { apt-get -y -q --no-install-recommends -o DPkg::Lock::Timeout=300 install python3 </dev/null 2>&1; }
install && exit 0
apt-get -q -o DPkg::Lock::Timeout=300 update </dev/null 2>&1 || exit 7
install || exit 8
"""
"""Exit status: 0 done, 4 no apt, 5 lock held, 6 interrupted dpkg not healed, 7 no package lists, 8 not installed."""
