# Runs a command in a server's control groups: `sh enter.sh CGROUP.PROCS-FILES... -- COMMAND...`
# It fails if it cannot enter: a process outside of the groups would be out of reach for whoever stops the server.
set -eu
while [ "$1" != -- ]; do
    echo $$ >"$1"
    shift
done
shift
exec "$@"
