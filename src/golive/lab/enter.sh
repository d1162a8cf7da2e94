# Runs a command in a server's control groups: `sh enter.sh CGROUP.PROCS-FILES... -- COMMAND...`
while [ "$1" != -- ]; do
    echo $$ >"$1" 2>/dev/null || true
    shift
done
shift
exec "$@"
