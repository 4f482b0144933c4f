#!/usr/bin/env bash
# Imports the whole Online Retail file and tells how it went; see docs/guides/import.md for the figures of the last run.
#   tests/Host.Tests/OnlineRetail/full-import.sh online-retail.csv.gz          import, search, rates and sizes
#   tests/Host.Tests/OnlineRetail/full-import.sh online-retail.csv.gz --check  instead: killed in the middle, run again twice, compared with the file to the penny
set -euo pipefail
file="$(realpath "$1")"
cd "$(dirname "$0")/../../.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

if [ "${2:-}" = --check ]; then
  ONLINE_RETAIL_FILE="$file" dotnet test tests/Host.Tests --filter 'FullyQualifiedName~ImportTests'
  exit
fi

dotnet build src/Host -c Release -v q
host="$PWD/src/Host/bin/Release/net10.0/Host.dll"
work="$(mktemp -d)"
pid=''
trap '[ -z "$pid" ] || { kill -TERM "$pid" && wait "$pid" || true; }; rm -rf "$work"' EXIT
export EmbeddedPostgres__DataDirectory="$work/data" Demo__AdminPassword='an admin of the figures' ASPNETCORE_URLS=http://127.0.0.1:5099
api="$ASPNETCORE_URLS"

echo "== import"; (cd "$work" && dotnet "$host" import online-retail "$file")
echo "== import again"; (cd "$work" && dotnet "$host" import online-retail "$file")

# What a request takes inside the server is what the server itself says of it.
env 'Logging__LogLevel__Microsoft.AspNetCore.Hosting.Diagnostics=Information' dotnet "$host" >"$work/host.log" 2>&1 &
pid=$!
for _ in $(seq 240); do grep -q 'Ctrl+C stops it' "$work/host.log" && break; sleep 0.5; done
token="$(curl -s "$api/users/login" -H 'Content-Type: application/json' -d "{\"email\": \"admin@example.com\", \"password\": \"$Demo__AdminPassword\"}" \
  | sed 's/.*"accessToken":"\([^"]*\)".*/\1/')"

echo "== database"; find "$work/data/postgres/base" -type f -printf '%s\n' | awk '{ sum += $1 } END { printf "%.0f MiB in all databases, without the write-ahead log\n", sum / 1048576 }'

searches=(
  'country=DE'
  'country=DE&confirmedSince=2011-11-09'
  'country=DE&sku=22423&confirmedSince=2011-11-09'
  'country=GB&sku=85123A'
  'sku=22423'
  'text=white%20heart'
  'text=%22lunch%20bag%22&country=FR'
  'text=christmas&status=confirmed'
  'status=cancelled'
  'confirmedSince=2011-12-01&limit=100'
)
# PostgreSQL counts what is in a table that has just been filled within a minute; until then it may search it in the wrong way.
sleep 75
echo "== ten searches, 200 times each, milliseconds inside the server"
for search in "${searches[@]}"; do
  from=$(wc -l <"$work/host.log")
  # One connection, as a client that stays would use; the first twenty warm up.
  for _ in $(seq 220); do echo "url = \"$api/order-search?$search\""; echo "output = /dev/null"; done >"$work/urls"
  curl -s -H "Authorization: Bearer $token" -K "$work/urls"
  sleep 0.5
  tail -n +"$((from + 1))" "$work/host.log" | sed -n 's/.*Request finished.* \/*.*order-search.* \([0-9.]*\)ms.*/\1/p' | tail -n 200 | sort -n \
    | awk -v search="$search" '{ t[NR] = $1 } END { printf "%-48s p50 %6.1f  p99 %6.1f  (%d)\n", search, t[int(NR * 0.5)], t[int(NR * 0.99)], NR }'
done
