# Runs one practice server: `sh boot.sh GROUP ROOT LOWERS UPPER WORK IMAGE NSPAWN-ARGUMENTS...`
#
# Everything is mounted in a mount namespace of its own: when the last process of the server is gone, so are its
# mounts, and no other server can keep them alive. IMAGE is the ext4 image with UPPER and WORK in it, or "-".
set -eu
cgroup=$1 root=$2 lowers=$3 upper=$4 work=$5 image=$6
shift 6

# With v1 hierarchies: inside a cgroup namespace the server sees its own group as the root of each. Without it, two
# servers would share /system.slice/ssh.service, and stopping a unit in one would wait for the other's processes.
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

# nspawn would show v1 controllers read-only, and neither MemoryMax= nor Docker would work inside. So the server gets
# them from here. nspawn keeps its own process and the server's apart in supervisor/ and payload/, and
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

if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
    # Only v2: nspawn does it all, and needs the machine's own view. A group that shares its controllers out may hold
    # no process itself, hence one for this script and one for nspawn.
    cgroup=/sys/fs/cgroup/$cgroup
    mkdir -p "$cgroup/watch" "$cgroup/server"
    echo $$ >"$cgroup/watch/cgroup.procs"
    for controller in $(cat "$cgroup/cgroup.controllers"); do
        echo "+$controller" >"$cgroup/cgroup.subtree_control" || true
    done
    enter=$cgroup/server/cgroup.procs
else
    view=${root%/*}/cgroup
    remount_cgroups
    show_cgroups
    set -- --bind="$view:/sys/fs/cgroup" "$@"
    enter=/dev/null
fi

if [ "$image" != - ]; then
    # Without ext4's kindness to programs that forget to sync before they rename.
    mount -o loop,noauto_da_alloc "$image" "${upper%/*}"
    mkdir -p "$upper" "$work"
fi
# Docker stores its images as overlays, which cannot lie on an overlay: its folder gets a plain place.
mkdir -p "${upper%/*}/docker"
set -- --bind="${upper%/*}/docker:/var/lib/docker" "$@"
mount -t overlay -o "lowerdir=$lowers,upperdir=$upper,workdir=$work" golive-lab "$root"

# 133 is how nspawn says that the server asked for a reboot.
while :; do
    status=0
    sh -euc 'echo $$ >"$1"; shift; exec systemd-nspawn "$@"' - "$enter" --directory="$root" "$@" || status=$?
    [ "$status" = 133 ] || exit "$status"
done
