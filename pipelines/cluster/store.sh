#!/usr/bin/env bash
# A store and workers on this machine, to try `legonet work --store` before a database administrator is asked:
#
#   pipelines/cluster/store.sh start               PostgreSQL in ./store, for this machine alone
#   pipelines/cluster/store.sh workers 2 RUNS      two workers for the run directories below RUNS
#   pipelines/cluster/store.sh address             the store's address, with its password: export LEGONET_STORE="$(… address)"
#   pipelines/cluster/store.sh stop                stops the workers, then PostgreSQL
#
# It needs PostgreSQL's programs (Debian: apt-get install postgresql) and bash 3.2 or later. Set STORE to have the folder elsewhere, PORT for
# another port than 54329, LEGONET for another program than `legonet`, e.g. "dotnet run --project src/LegoNet.Cli -c Release --no-build --".
set -euo pipefail

store=${STORE:-store}
port=${PORT:-54329}
read -r -a legonet <<<"${LEGONET:-legonet}"

fail() {
  echo "store.sh: $*" >&2
  exit 1
}

# PostgreSQL does not run as root; in a container, root hands it to the account that its package has made.
as_owner() {
  if [ "$(id -u)" = 0 ]; then
    (cd / && setpriv --reuid=postgres --regid=postgres --clear-groups "$@")
  else
    "$@"
  fi
}

find_programs() {
  local initdb
  initdb=$(ls -d /usr/lib/postgresql/*/bin/initdb 2>/dev/null | sort -V | tail -n 1 || true)
  initdb=${initdb:-$(command -v initdb || true)}
  [ -n "$initdb" ] || fail "PostgreSQL is not here; install it (Debian: apt-get install postgresql)."
  programs=$(dirname "$initdb")
}

serve() {
  as_owner "$programs/pg_ctl" -D "$1/database" -l "$1/database/log" -w \
    -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=''" start >/dev/null || fail "PostgreSQL does not start; see $1/database/log."
}

# What a start that was interrupted left has no address, and is made anew.
create() {
  local password
  password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
  rm -rf "$1/database"
  mkdir -p "$1/database" "$1/workers"
  (umask 077 && printf '%s\n' "$password" >"$1/password" && printf 'postgres://legonet:%s@127.0.0.1:%s/legonet\n' "$password" "$port" >"$1/address.new")
  [ "$(id -u)" != 0 ] || chown postgres "$1/database" "$1/password"
  as_owner "$programs/initdb" -D "$1/database" -U legonet -A scram-sha-256 --pwfile="$1/password" >/dev/null
  rm "$1/password"
  serve "$1"
  PGPASSWORD=$password "$programs/createdb" -h 127.0.0.1 -p "$port" -U legonet legonet
  mv "$1/address.new" "$1/address"
}

start() {
  find_programs
  mkdir -p "$store"
  local folder
  folder=$(cd "$store" && pwd)
  if [ -s "$folder/address" ]; then
    serve "$folder"
  else
    create "$folder"
  fi
  echo "The store is at legonet@127.0.0.1:$port/legonet; $store/address has its address with the password."
}

workers() {
  local count=$1 runs=$2 i
  [ -s "$store/address" ] || fail "There is no store in $store; run \`store.sh start\` first."
  [ -d "$runs" ] || fail "$runs: there is no such folder; make it, and plan runs in it: legonet plan train SPEC --out MODEL --run $runs/NAME"
  local threads=$(($(getconf _NPROCESSORS_ONLN) / count))
  for ((i = 1; i <= count; i++)); do
    LEGONET_STORE=$(cat "$store/address") nohup "${legonet[@]}" worker --runs "$runs" --threads $((threads > 0 ? threads : 1)) \
      >"$store/workers/$i.log" 2>&1 </dev/null &
    echo $! >"$store/workers/$i.pid"
    echo "Worker $i is process $!; it writes to $store/workers/$i.log."
  done
}

stop() {
  find_programs
  local file
  for file in "$store"/workers/*.pid; do
    [ -e "$file" ] || continue
    kill "$(cat "$file")" 2>/dev/null || true
    while kill -0 "$(cat "$file")" 2>/dev/null; do sleep 0.2; done
    rm "$file"
  done
  as_owner "$programs/pg_ctl" -D "$(cd "$store" && pwd)/database" -m fast -w stop >/dev/null
  echo "The store and its workers are stopped; start again when you like, or remove $store."
}

case "${1:-}" in
  start) start ;;
  workers) [ $# = 3 ] || fail "workers needs how many, and the folder of runs."; workers "$2" "$3" ;;
  address) cat "$store/address" ;;
  stop) stop ;;
  *) sed -n '2,10s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
