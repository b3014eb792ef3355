#!/usr/bin/env bash
# start.sh [--private] FOLDER: the servers of the tests. Where none answers at AUTHCTL_TEST_POSTGRES or
# AUTHCTL_TEST_MYSQL (by default PostgreSQL at 127.0.0.1:5432 and MariaDB at 127.0.0.1:3306), starts a private one of
# Debian's packages below FOLDER, at a port of its own, and prints the lines that tell the tests of it:
#   eval "$(test/servers/start.sh FOLDER)"
# With --private the default places are not looked at: in a folder in memory the tests take half the time. Private
# servers take TLS, with certificates below FOLDER/tls, and PostgreSQL's may be copied by a standby. Started again with
# the same folder it finds its servers. stop.sh FOLDER stops them.
set -euo pipefail
source "$(dirname "$0")/packages.sh"

# fail MESSAGE [FILE]: with what the file says.
fail() {
  echo "start.sh: $1" >&2
  [ -z "${2:-}" ] || tail -n 20 "$2" >&2
  exit 1
}

private=
if [ "${1:-}" = --private ]; then
  private=yes
  shift
fi
[ "$#" -eq 1 ] || fail "usage: start.sh [--private] FOLDER"
mkdir -p "$1"
folder=$(cd "$1" && pwd)
# A user of the private servers that may log in by its certificate alone, and one of PostgreSQL's that needs a password.
tls_client=authctl_tls_client
password_client=authctl_password_client

postgres_answers() {
  command -v psql >/dev/null && PGCONNECT_TIMEOUT=5 psql -X -q -w -o /dev/null -c 'select 1' "$1" 2>/dev/null
}

# A certificate $1 of the authority $2 that names $3, with its key.
certificate() {
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$3" -keyout "$1.key" -out "$1.request"
  openssl x509 -req -in "$1.request" -CA "$2.pem" -CAkey "$2.key" -CAcreateserial -days 30 \
    -extfile <(echo "subjectAltName=DNS:$3") -out "$1.pem"
}

authority() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj "/CN=$1" -keyout "$1.key" \
    -out "$1.pem"
}

# What the private servers prove themselves with below $folder/tls, and the client that must do so as well; `other` is
# an authority that signed neither.
make_certificates() {
  [ ! -e "$folder/tls/client.pem" ] || return 0
  install_packages openssl
  mkdir -p "$folder/tls"
  (
    cd "$folder/tls"
    authority ca
    authority other
    certificate server ca localhost
    certificate client ca "$tls_client"
  ) 2>"$folder/tls.log" || fail "no certificates" "$folder/tls.log"
}

# Gives a server its certificate in its own folder $1.
give_certificate() {
  cp "$folder"/tls/{ca.pem,server.pem,server.key} "$1"
  chmod 600 "$1/server.key"
  chown --reference="$1" "$1"/{ca.pem,server.pem,server.key}
}

start_postgres() {
  local home=$folder/postgres port as_owner programs role
  install_packages postgresql
  make_certificates
  programs=$(dirname "$(printf '%s\n' /usr/lib/postgresql/*/bin/initdb | sort -V | tail -n 1)")
  become_owner postgres
  owned_folder postgres "$home"
  cd "$home"
  if [ ! -e "$home/data/PG_VERSION" ]; then
    "${as_owner[@]}" "$programs/initdb" --pgdata="$home/data" --username=postgres --auth=trust --encoding=UTF8 \
      --locale=C.UTF-8 >"$folder/postgres.log" 2>&1 || fail "initdb failed" "$folder/postgres.log"
    sed -i "1i hostssl all $tls_client 127.0.0.1/32 cert\nhost all $tls_client 127.0.0.1/32 reject\n\
host all $password_client 127.0.0.1/32 scram-sha-256" "$home/data/pg_hba.conf"
  fi
  give_certificate "$home"
  port=$(free_port)
  "${as_owner[@]}" "$programs/pg_ctl" --pgdata="$home/data" --log="$home/log" --wait --timeout=60 --silent \
    --options="-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$home -c max_connections=200 \
      -c ssl=on -c ssl_cert_file=$home/server.pem -c ssl_key_file=$home/server.key \
      -c ssl_ca_file=$home/ca.pem" start >"$folder/postgres.log" 2>&1 || fail "PostgreSQL does not start" "$home/log"
  for role in "$tls_client" "$password_client"; do
    psql -X -q -h 127.0.0.1 -p "$port" -U postgres >&2 <<<"select 'create role $role login createdb'
      where not exists (select from pg_roles where rolname = '$role') \gexec"
  done
  echo "postgres://postgres@127.0.0.1:$port/postgres" >"$folder/postgres.url"
}

# The client takes no URL.
mysql_answers() {
  [[ "$1" =~ ^mysql://([^:@/]+)(:([^@]*))?@([^:/]+)(:([0-9]+))?/ ]] || return 1
  command -v mariadb >/dev/null && MYSQL_PWD=${BASH_REMATCH[3]} mariadb --no-defaults --connect-timeout=5 \
    --protocol=tcp --user="${BASH_REMATCH[1]}" --host="${BASH_REMATCH[4]}" --port="${BASH_REMATCH[6]:-3306}" \
    --execute='select 1' >/dev/null 2>&1
}

start_mysql() {
  local home=$folder/mysql port as_owner url
  install_packages mariadb-server
  make_certificates
  become_owner mysql
  owned_folder mysql "$home"
  cd "$home"
  [ -e "$home/data/mysql" ] || "${as_owner[@]}" mariadb-install-db --no-defaults --datadir="$home/data" \
    --auth-root-authentication-method=normal --skip-test-db >"$folder/mysql.log" 2>&1 \
    || fail "mariadb-install-db failed" "$folder/mysql.log"
  give_certificate "$home"
  port=$(free_port)
  url=mysql://root@127.0.0.1:$port/mysql
  "${as_owner[@]}" mariadbd --no-defaults --datadir="$home/data" --socket="$home/socket" --pid-file="$home/pid" \
    --log-error="$home/log.err" --bind-address=127.0.0.1 --port="$port" --max-connections=200 \
    --ssl-ca="$home/ca.pem" --ssl-cert="$home/server.pem" --ssl-key="$home/server.key" \
    >"$folder/mysql.log" 2>&1 </dev/null &
  for _ in $(seq 300); do
    if mysql_answers "$url"; then
      mariadb --no-defaults --protocol=tcp --user=root --host=127.0.0.1 --port="$port" --execute="
        create user if not exists $tls_client@'127.0.0.1' require x509;
        grant all on \`authctl\_test\_%\`.* to $tls_client@'127.0.0.1'"
      echo "$url" >"$folder/mysql.url"
      return 0
    fi
    sleep 0.2
  done
  fail "MariaDB does not answer" "$home/log.err"
}

# Sees to it that a server of kind $1 answers: at the URL of the variable $2, by default $3, or a private one.
find_or_start() {
  local kind=$1 variable=$2 default=$3 own=$folder/$1.url
  [ -z "$private" ] || default=
  local url=${!variable:-$default}
  if [ -n "$url" ] && "${kind}_answers" "$url"; then return 0; fi
  if ! { [ -e "$own" ] && "${kind}_answers" "$(<"$own")"; }; then ("start_$kind"); fi
  echo "export $variable=$(<"$own")"
  echo "export AUTHCTL_TEST_SERVERS=$folder"
}

find_or_start postgres AUTHCTL_TEST_POSTGRES postgres://postgres@127.0.0.1:5432/postgres
find_or_start mysql AUTHCTL_TEST_MYSQL mysql://root@127.0.0.1:3306/mysql
