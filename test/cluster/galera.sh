#!/usr/bin/env bash
# Three MariaDB nodes with Galera on this machine, for the tests of a cluster:
#   galera.sh start FOLDER        makes the nodes below FOLDER and starts them
#   galera.sh node NUMBER FOLDER  starts one node of theirs again; it joins the others
#   galera.sh kill NUMBER FOLDER  kills one node, as a loss of power would
#   galera.sh stop FOLDER         kills all that run
# Node N (1 to 3) listens at 127.0.0.1:331N, for root without a password; to the others at 451N, 452N and 453N.
# `start` installs Debian's packages where they are missing.
set -euo pipefail
source "$(dirname "$0")/../servers/packages.sh"

fail() {
  echo "galera.sh: $*" >&2
  exit 1
}

# The server refuses to be root.
owner=$(id -un)
[ "$owner" != root ] || owner=mysql

# Starts node $1 below folder $2, with the options that follow; waits until it is in step with the others.
start_node() {
  local number=$1 home=$2/node$1
  shift 2
  mariadbd --no-defaults --user="$owner" --datadir="$home/data" --tmpdir="$home/tmp" --socket="$home/socket" \
    --pid-file="$home/pid" --log-error="$home/log.err" --bind-address=127.0.0.1 --port=331"$number" \
    --innodb-buffer-pool-size=128M --binlog-format=ROW --innodb-autoinc-lock-mode=2 --max-connections=300 \
    --wsrep-on=ON --wsrep-provider=/usr/lib/galera/libgalera_smm.so --wsrep-cluster-name=authctl-test \
    --wsrep-cluster-address=gcomm://127.0.0.1:4511,127.0.0.1:4512,127.0.0.1:4513 \
    --wsrep-node-name="node$number" --wsrep-node-address=127.0.0.1 --wsrep-node-incoming-address=127.0.0.1:331"$number" \
    --wsrep-sst-method=rsync --wsrep-sst-receive-address=127.0.0.1:453"$number" \
    --wsrep-provider-options="gmcast.listen_addr=tcp://127.0.0.1:451$number;ist.recv_addr=127.0.0.1:452$number;gcache.size=64M" \
    "$@" >"$home/out" 2>&1 </dev/null &
  echo $! >"$home/process"
  wait_for_node "$number" "$home"
}

wait_for_node() {
  local number=$1 home=$2
  for _ in $(seq 600); do
    kill -0 "$(cat "$home/process")" 2>/dev/null || fail "node $number has ended: $(grep -m 1 ERROR "$home/log.err" || cat "$home/out")"
    if mariadb --no-defaults --socket="$home/socket" --user=root --skip-column-names \
      --execute="show status like 'wsrep_ready'" 2>/dev/null | grep -q ON; then
      return 0
    fi
    sleep 0.2
  done
  fail "node $number does not get ready; see $home/log.err"
}

start_all() {
  local folder=$1
  install_packages mariadb-server galera-4 rsync
  for number in 1 2 3; do
    mkdir -p "$folder/node$number/tmp"
    mariadb-install-db --no-defaults --auth-root-authentication-method=normal --skip-test-db \
      --datadir="$folder/node$number/data" >"$folder/node$number/install" 2>&1 \
      || fail "mariadb-install-db failed; see $folder/node$number/install"
  done
  if [ "$(id -u)" -eq 0 ]; then
    chmod 711 "$folder"
    chown -R "$owner:" "$folder"/node?
  fi
  start_node 1 "$folder" --wsrep-new-cluster
  start_node 2 "$folder"
  start_node 3 "$folder"
}

kill_node() {
  local process
  process=$(cat "$2/node$1/process")
  # Not the name of the program decides but the folder: only a node of ours has it.
  grep -qz -- "--datadir=$2/node$1/data" "/proc/$process/cmdline" 2>/dev/null || return 0
  kill -KILL "$process"
  while kill -0 "$process" 2>/dev/null; do sleep 0.05; done
}

case "${1-}:$#" in
  start:2) start_all "$2" ;;
  node:3) start_node "$2" "$3" ;;
  kill:3) kill_node "$2" "$3" ;;
  stop:2) for number in 1 2 3; do kill_node "$number" "$2"; done ;;
  *) fail "start FOLDER | node NUMBER FOLDER | kill NUMBER FOLDER | stop FOLDER" ;;
esac
