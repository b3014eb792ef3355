#!/usr/bin/env bash
# stop.sh FOLDER: stops the servers that start.sh has started below FOLDER.
set -euo pipefail

for pid_file in "$1"/postgres/data/postmaster.pid "$1"/mysql/pid; do
  [ -e "$pid_file" ] || continue
  process=$(head -n 1 "$pid_file")
  # A number may be another process's by now; the folder is in the command of none but ours.
  grep -qz -- "$(dirname "$pid_file")" "/proc/$process/cmdline" 2>/dev/null || continue
  # PostgreSQL ends its sessions at SIGINT, and waits for them at SIGTERM; to MariaDB a terminal's SIGINT is nothing.
  case "$pid_file" in
    */postmaster.pid) kill -INT "$process" ;;
    *) kill -TERM "$process" ;;
  esac
  while kill -0 "$process" 2>/dev/null; do sleep 0.1; done
done
