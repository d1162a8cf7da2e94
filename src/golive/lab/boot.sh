# Runs one practice server: `sh boot.sh ROOT LOWERS UPPER WORK IMAGE NSPAWN-ARGUMENTS...`
#
# Everything is mounted in a mount namespace of its own: when the last process of the server is gone, so are its
# mounts, and no other server can keep them alive. IMAGE is the ext4 image with UPPER and WORK in it, or "-".
set -eu
root=$1 lowers=$2 upper=$3 work=$4 image=$5
shift 5

# Inside a cgroup namespace the server sees its own group as the root of each hierarchy. Without it, two servers
# would share /system.slice/ssh.service, and stopping a unit in one would wait for the other's processes.
remount_cgroups() {
    findmnt --noheadings --list --types cgroup,cgroup2 --output TARGET,FSTYPE | while read -r target type; do
        options=$(findmnt --noheadings --first-only --output FS-OPTIONS "$target")
        umount "$target"
        if [ "$type" = cgroup2 ]; then
            mount -t cgroup2 cgroup2 "$target"
        else
            kinds=$(printf %s "$options" | tr , '\n' | grep -vxE 'rw|ro|clone_children|xattr|release_agent=.*' | paste -sd, -)
            case $kinds in name=*) kinds=none,$kinds ;; esac
            mount -t cgroup -o "$kinds" cgroup "$target"
        fi
    done
}

# With v1 hierarchies, nspawn would show the controllers read-only, and MemoryMax= or Docker would not work inside. So
# the server gets them from here. nspawn keeps its own process and the server's apart in supervisor/ and payload/, and
# makes payload/ the root that /proc/1/cgroup is told from; what is mounted has to agree with that.
show_cgroups() {
    mkdir -p "$view"
    mount -t tmpfs -o mode=755 cgroup "$view"
    for hierarchy in /sys/fs/cgroup/*/; do
        hierarchy=${hierarchy%/}
        shown=$hierarchy
        case $hierarchy in */systemd | */unified) shown=$hierarchy/payload && mkdir -p "$shown" ;; esac
        mkdir "$view/${hierarchy##*/}"
        mount --bind "$shown" "$view/${hierarchy##*/}"
    done
}

view=${root%/*}/cgroup
remount_cgroups
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
    # A v2 group that shares its controllers out may hold no process itself.
    mkdir -p /sys/fs/cgroup/watch /sys/fs/cgroup/server
    echo $$ >/sys/fs/cgroup/watch/cgroup.procs
    for controller in $(cat /sys/fs/cgroup/cgroup.controllers); do
        echo "+$controller" >/sys/fs/cgroup/cgroup.subtree_control || true
    done
    group=/sys/fs/cgroup/server/cgroup.procs
else
    show_cgroups
    set -- --bind="$view:/sys/fs/cgroup" "$@"
    group=/dev/null
fi
[ "$image" = - ] || { mkdir -p "${upper%/*}"; mount -o loop,noauto_da_alloc "$image" "${upper%/*}"; mkdir -p "$upper" "$work"; }
mount -t overlay -o "lowerdir=$lowers,upperdir=$upper,workdir=$work" golive-lab "$root"

# 133 is how nspawn says that the server asked for a reboot.
while :; do
    status=0
    sh -euc 'echo $$ >"$1"; shift; exec systemd-nspawn "$@"' - "$group" --directory="$root" "$@" || status=$?
    [ "$status" = 133 ] || exit "$status"
done
