# Sourced by scripts that need Debian's packages.

# Installs those of the named packages that are missing.
install_packages() {
  local package missing=() as_root=()
  for package in "$@"; do
    dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
  done
  [ "${#missing[@]}" -gt 0 ] || return 0
  [ "$(id -u)" -eq 0 ] || as_root=(sudo)
  "${as_root[@]}" apt-get update -qq >&2
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# A server refuses to be root: the words that run a command as its user $1, in the array `as_owner`.
become_owner() {
  as_owner=()
  [ "$(id -u)" -ne 0 ] || as_owner=(runuser -u "$1" --)
}

# A folder $2 that the server's user $1 can write; those above it it can only pass.
owned_folder() {
  mkdir -p "$2"
  [ "$(id -u)" -ne 0 ] || { chmod 711 "$(dirname "$2")" && chown "$1:" "$2"; }
}

# Prints a port of 127.0.0.1 at which nothing answers.
free_port() {
  local port
  for _ in $(seq 100); do
    port=$((20000 + RANDOM % 10000))
    if ! (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      echo "$port"
      return 0
    fi
  done
  return 1
}
