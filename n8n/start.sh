#!/bin/sh
# Runs n8n: `start.sh import` brings credentials and workflows in, `start.sh execute ID` runs one workflow now, and
# `start.sh` serves.
# Secrets stay in files: what is exported here every workflow can read, so it is addresses, and the key of our webhooks.
set -eu

here=$(dirname "$0")
: "${PORT:=5678}" "${HOST:=0.0.0.0}"

export N8N_PORT="$PORT" N8N_LISTEN_ADDRESS="$HOST"
export DB_TYPE=postgresdb DB_POSTGRESDB_DATABASE=n8n DB_POSTGRESDB_USER=n8n
export DB_POSTGRESDB_HOST="${N8N_DATABASE%:*}" DB_POSTGRESDB_PORT="${N8N_DATABASE##*:}"
export NODE_FUNCTION_ALLOW_BUILTIN=crypto N8N_BLOCK_ENV_ACCESS_IN_NODE=false N8N_RUNNERS_ENABLED=false
# What people write is kept no longer than a workflow takes; of one that fails, for three days.
export EXECUTIONS_DATA_SAVE_ON_SUCCESS=none EXECUTIONS_DATA_SAVE_ON_ERROR=all EXECUTIONS_DATA_SAVE_MANUAL_EXECUTIONS=false
export EXECUTIONS_DATA_PRUNE=true EXECUTIONS_DATA_MAX_AGE=72
# It tells nobody outside that it exists, and runs nothing but what is in this folder and in its own image.
export N8N_DIAGNOSTICS_ENABLED=false N8N_VERSION_NOTIFICATIONS_ENABLED=false N8N_TEMPLATES_ENABLED=false
export N8N_PERSONALIZATION_ENABLED=false N8N_HIRING_BANNER_ENABLED=false N8N_COMMUNITY_PACKAGES_ENABLED=false
export N8N_LICENSE_AUTO_RENEW_ENABLED=false N8N_PUBLIC_API_DISABLED=true N8N_PROXY_HOPS=1
MUNBOT_WEBHOOK_SECRET=$(cat "$WEBHOOK_SECRET_FILE")
export MUNBOT_WEBHOOK_SECRET

mkdir -p "$N8N_USER_FOLDER"

if [ "${1:-}" = import ]; then
  # Credentials go in by a file that only this user reads, and n8n encrypts them with its own key.
  umask 077
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  node "$here/credentials.js" > "$folder/credentials.json"
  n8n import:credentials --input="$folder/credentials.json" 2>&1 | tee "$folder/said"
  grep -q "imported 2 credentials" "$folder/said"  # n8n ends with 0 whatever happens: what it says counts
  # Workflows only when ours are new: what somebody switched off stays off until then.
  is=$(cat "$here"/workflows/*.json | sha256sum)
  was=$(cat "$N8N_USER_FOLDER/munbot-workflows" 2>/dev/null || true)
  if [ "$is" != "$was" ]; then
    n8n import:workflow --separate --input="$here/workflows" 2>&1 | tee "$folder/said"
    grep -q "imported 4 workflows" "$folder/said"
    for file in "$here"/workflows/*.json; do
      id=$(node -p 'JSON.parse(require("fs").readFileSync(process.argv[1], "utf8")).id' "$file")
      n8n update:workflow --id="$id" --active=true
    done
    echo "$is" > "$N8N_USER_FOLDER/munbot-workflows"
  fi
  exit 0
fi

if [ "${1:-}" = execute ]; then
  exec n8n execute --id="$2"
fi

node "$here/owner.js" &
exec n8n start
