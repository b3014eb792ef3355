#!/usr/bin/env bash
# standby.sh start FOLDER PRIMARY: copies the PostgreSQL server at the URL PRIMARY, which lets its user replicate, below
# FOLDER, starts the copy as its standby and prints its URL, without a database.
# standby.sh promote FOLDER: makes it a server of its own. standby.sh stop FOLDER
set -euo pipefail
source "$(dirname "$0")/packages.sh"

what=${1:?} home=${2:?}/standby
install_packages postgresql
programs=$(dirname "$(printf '%s\n' /usr/lib/postgresql/*/bin/pg_ctl | sort -V | tail -n 1)")
become_owner postgres
control() { "${as_owner[@]}" "$programs/pg_ctl" --pgdata="$home/data" --wait --timeout=60 --silent "$@" >&2; }

case "$what" in
  start)
    owned_folder postgres "$home"
    cd "$home"
    port=$(free_port)
    # The primary's own options may name files that a copy has not.
    "${as_owner[@]}" "$programs/pg_basebackup" --dbname="${3:?}" --pgdata="$home/data" --checkpoint=fast \
      --write-recovery-conf >&2
    control --log="$home/log" --options="-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$home \
      -c max_connections=200" start
    echo "postgres://postgres@127.0.0.1:$port"
    ;;
  promote | stop) cd / && control "$what" ;;
  *) echo "standby.sh: no such command: $what" >&2 && exit 2 ;;
esac
