#!/usr/bin/env bash
# Runs docker-compose.yml where no image registry can be reached: with podman, the real docker compose (of the virtual
# environment), and base images built from Debian's and Maven's packages. Grafana's image cannot be had that way, so that
# its service is left out.
#
#   sudo tools/compose_exercise/run.sh [FOLDER]     default: var/compose-exercise; some 3 GB, kept for the next run
#
# Needs root; podman 4, netavark, aardvark-dns, runc, debootstrap, iproute2 (Debian); Java and Maven; `make setup`.
# Everything runs in a mount and a network namespace of its own, so that no port, address or firewall rule of the machine
# is touched.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
venv=${VENV:-$root/.venv}
work=$(mkdir -p "${1:-$root/var/compose-exercise}" && cd "${1:-$root/var/compose-exercise}" && pwd)
services=(kafka worker seeder prometheus)
watch_s=${WATCH_S:-90}

export CONTAINERS_CONF=$work/containers.conf CONTAINERS_STORAGE_CONF=$work/storage.conf BUILDAH_FORMAT=docker
export DOCKER_HOST=unix://$work/podman.sock DOCKER_BUILDKIT=0
export KAFKA_IMAGE=localhost/standin/kafka PROMETHEUS_IMAGE=localhost/standin/prometheus
export PYTHON_IMAGE=localhost/standin/python

say() { echo "== $*"; }

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

compose() { "$venv/bin/docker-compose" --project-directory "$root" -f "$root/docker-compose.yml" -f "$work/override.yml" "$@"; }

copydesk() { env -u DOCKER_HOST COPYDESK_BOOTSTRAP_SERVERS=127.0.0.1:9092 "$venv/bin/python" -m copydesk "$@"; }

container() { compose ps --all --quiet "$1"; }

serve() {
  podman system service --time=0 "$DOCKER_HOST" >"$work/service.log" 2>&1 &
  service=$!
  until [ -S "$work/podman.sock" ]; do sleep 0.2; done
}

write_settings() {
  # crun and podman's default limits fail on machines without systemd.
  cat >"$CONTAINERS_CONF" <<-END
	[containers]
	default_ulimits = ["nofile=16384:16384", "nproc=30000:30000"]
	[engine]
	runtime = "runc"
	cgroup_manager = "cgroupfs"
	events_logger = "file"
	tmp_dir = "$work/run/libpod"
	[network]
	network_backend = "netavark"
	END
  cat >"$CONTAINERS_STORAGE_CONF" <<-END
	[storage]
	driver = "overlay"
	graphroot = "$work/storage"
	runroot = "$work/run/containers"
	END
  printf 'services:\n  worker:\n    build:\n      network: host\n' >"$work/override.yml"
}

build_bases() {
  if ! podman image exists localhost/debian:bookworm; then
    say "debootstrap"
    rm -rf "$work/debian"
    debootstrap --variant=minbase --include=ca-certificates bookworm "$work/debian" >"$work/debootstrap.log" 2>&1
    cp /etc/ssl/certs/ca-certificates.crt "$work/debian/etc/ssl/certs/"
    tar -C "$work/debian" -c . | podman import --quiet - localhost/debian:bookworm
    rm -rf "$work/debian"
  fi
  mkdir -p "$work/kafka"
  cp "$here/kafka-run" "$work/kafka/"
  mvn -B -q -Dstyle.color=never -f "$root/tests/integration/kafka/pom.xml" dependency:copy-dependencies "-DoutputDirectory=$work/kafka/jars"
  for name in kafka prometheus python; do
    say "base image for $name"
    podman build --network=host --quiet -f "$here/$name.Containerfile" -t "localhost/standin/$name:latest" "$work/kafka" \
      >>"$work/build.log" 2>&1 || fail "the base image for $name: see $work/build.log"
  done
}

build_service() {
  say "docker compose build"
  serve
  compose build worker >>"$work/build.log" 2>&1 || fail "docker compose build: see $work/build.log"
  kill "$service" && wait "$service" || true
  rm -f "$work/podman.sock"
  podman images --format '{{.Repository}}:{{.Tag}} {{.Size}}'
}

# podman leaves the rhythm of health checks to systemd.
check_health() {
  while sleep 2; do
    for name in "${services[@]}"; do
      podman healthcheck run "copydesk-$name-1" >/dev/null 2>&1 || true
    done
  done
}

since() { echo "$(($(date +%s%3N) - $1))" | sed -E 's/(...)$/.\1 s/; s/^\./0./'; }

first_article() {
  local started=$1
  # The command gives up where there is no broker or topic yet.
  until copydesk consume --json --with-place --exit-at-end >"$work/first.json" 2>"$work/consume.log" && [ -s "$work/first.json" ]; do
    [ $(($(date +%s%3N) - started)) -lt 300000 ] || fail "no enriched article within 300 s: $(tail -1 "$work/consume.log")"
    sleep 0.5
  done
  say "an enriched article was read after $(since "$started"); by the broker's clock the first one was there"
  "$venv/bin/python" - "$work/first.json" "$started" <<-'END'
	import json, sys
	first = min(map(json.loads, open(sys.argv[1], encoding="utf-8")), key=lambda record: record["timestamp_ms"])
	after = (first["timestamp_ms"] - int(sys.argv[2])) / 1000
	print(f"   after {after:.1f} s: {first['topic']} {first['partition']} {first['offset']} «{first['record']['title']}»")
	END
}

query() {
  "$venv/bin/python" -c '
import json, sys, urllib.parse, urllib.request
url = "http://127.0.0.1:9090/api/v1/query?" + urllib.parse.urlencode({"query": sys.argv[1]})
found = json.load(urllib.request.urlopen(url, timeout=5))["data"]["result"]
assert found, f"no data for {sys.argv[1]}"
for series in found:
    print("  ", {k: v for k, v in series["metric"].items() if k not in ("instance", "job")}, series["value"][1])' "$1"
}

confined() {
  local id=$1 name=$2
  podman exec "$id" sh -c '! touch /not-here 2>/dev/null' || fail "$name: its root can be written"
  local uid capabilities new_privileges
  uid=$(podman exec "$id" id -u)
  capabilities=$(podman exec "$id" sed -n 's/^CapEff:\t//p' /proc/1/status)
  new_privileges=$(podman exec "$id" sed -n 's/^NoNewPrivs:\t//p' /proc/1/status)
  [ "$uid" != 0 ] || fail "$name runs as root"
  [ "$capabilities" = 0000000000000000 ] || fail "$name has capabilities $capabilities"
  [ "$new_privileges" = 1 ] || fail "$name may gain privileges"
  echo "   $name: user $uid, no capabilities, no new privileges, read-only root"
}

inside() {
  ip link set lo up
  # Gone with the namespace, so that podman never meets what an interrupted run left there.
  mkdir -p "$work/run" /run/netns
  mount -t tmpfs tmpfs "$work/run"
  mount -t tmpfs tmpfs /run/netns
  podman rm --all --force --volumes >/dev/null
  serve
  check_health &
  health=$!
  trap 'compose down --volumes --timeout 15 >"$work/down.log" 2>&1 || true; kill $health $service 2>/dev/null || true; rm -f "$work/podman.sock"' EXIT

  say "docker compose up: ${services[*]}; load average $(cut -d" " -f1-3 /proc/loadavg), $(nproc) cores"
  local started
  started=$(date +%s%3N)
  compose up --detach --no-build "${services[@]}" >"$work/up.log" 2>&1 &
  local up=$!
  first_article "$started"
  wait $up || fail "docker compose up: $(tail -3 "$work/up.log")"
  local unhealthy
  until unhealthy=$(compose ps --format '{{.Service}} {{.Health}}' | grep -v -E '^seeder |healthy$'); [ -z "$unhealthy" ]; do
    [ $(($(date +%s%3N) - started)) -lt 300000 ] || fail "not healthy: $unhealthy"
    sleep 1
  done
  say "all healthy after $(since "$started")"
  podman ps --format 'table {{.Names}} {{.Status}} {{.Ports}}'

  say "what each may do"
  for name in "${services[@]}"; do confined "$(container "$name")" "$name"; done

  say "watching for $watch_s s"
  sleep "$watch_s"
  say "Prometheus: the targets, then outcomes by kind"
  query 'up'
  query 'sum by (kind) (copydesk_outcomes_total{kind!="forwarded"})'
  # About 4 of a hundred made-up records and 7 of the 27 items of the samples cannot be read.
  query 'sum(copydesk_outcomes_total{kind="enriched"}) > 2 * sum(copydesk_outcomes_total{kind="dead"})' >/dev/null ||
    fail "too many dead letters"
  say "memory and CPU"
  podman stats --no-stream --format 'table {{.Name}} {{.MemUsage}} {{.CPUPerc}}'
  say "log of the seeder"
  compose logs --no-log-prefix seeder 2>/dev/null | tail -4
  say "log of the worker"
  compose logs --no-log-prefix worker >"$work/worker.log" 2>/dev/null
  grep -v '"event":"article"' "$work/worker.log" | cut -c 1-200 | sed -n '1,/"partition opened"/p'

  say "worker stopped and started again"
  started=$(date +%s%3N)
  compose stop worker >>"$work/up.log" 2>&1
  say "stopped after $(since "$started"), exit code $(podman inspect --format '{{.State.ExitCode}}' "$(container worker)")"
  [ "$(podman inspect --format '{{.State.ExitCode}}' "$(container worker)")" = 0 ] || fail "the worker did not end with 0"
  started=$(date +%s%3N)
  compose start worker >>"$work/up.log" 2>&1
  until env -u DOCKER_HOST "$venv/bin/python" -c 'import urllib.request as u; u.urlopen("http://127.0.0.1:6066/health/ready", timeout=4)' 2>/dev/null; do
    [ $(($(date +%s%3N) - started)) -lt 120000 ] || fail "the worker is not ready again"
    sleep 0.2
  done
  say "ready again after $(since "$started")"

  say "seeder stopped; every item must have one outcome"
  compose stop seeder >>"$work/up.log" 2>&1
  sleep 10
  copydesk audit

  say "docker compose down"
}

if [ "${INSIDE:-}" = 1 ]; then
  inside
else
  [ "$(id -u)" = 0 ] || fail "namespaces and bridges need root"
  write_settings
  build_bases
  build_service
  INSIDE=1 unshare --mount --net "$0" "$work"
fi
