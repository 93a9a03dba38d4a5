#!/bin/sh
# nginx asks for the addresses of its upstreams once, when it reads its configuration. A container that was started again
# may have another address, or the one that a neighbour had: look every few seconds, and let nginx read them anew. That
# drops no connection. (`resolve` in an upstream does the same from nginx 1.27.3 on.)
set -eu

names=$(env | sed -n 's/^[A-Z0-9]*_UPSTREAM=\([^:]*\):.*/\1/p' | sort -u)

addresses() {  # nothing while one of them is away: nginx would refuse the configuration
  for name in $names; do
    getent ahostsv4 "$name" | awk -v name="$name" '$2 == "STREAM" {print name, $1}' | sort | grep . || return 1
  done
}

follow() {
  known=$(addresses) || known=
  while sleep 3; do
    now=$(addresses) || continue
    if [ "$now" != "$known" ] && nginx -s reload; then known=$now; fi
  done
}

follow &
