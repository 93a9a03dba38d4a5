#!/bin/sh
# Create one database and one login role for each service that keeps its data in PostgreSQL.
# Run at every start, by the one-shot service postgres-init or by a native `./munbot up`: safe to repeat.
# A role owns its own database and can connect to no other.
# Reads: SECRETS_DIR (default /run/secrets) with postgres_password and db_<name>_password; PG* variables to connect.
set -eu

secrets=${SECRETS_DIR:-/run/secrets}
: "${PGUSER:=postgres}" "${PGPASSWORD:=$(cat "$secrets/postgres_password")}"
export PGUSER PGPASSWORD

tries=60
until pg_isready --quiet --timeout=2; do  # `docker compose restart` starts everything at once
  tries=$((tries - 1))
  [ "$tries" -gt 0 ] || { echo "PostgreSQL does not answer" >&2; exit 1; }
  sleep 1
done

for name in scheduler conversations rasa whatsapp notifications datalake n8n; do
  if [ "$name" = n8n ] && [ ! -f "$secrets/db_n8n_password" ]; then continue; fi  # optional
  password=$(cat "$secrets/db_${name}_password")
  # The password goes in by a psql variable, so that it is quoted by psql and never part of this text.
  psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --dbname=postgres \
    --set=name="$name" --set=password="$password" <<'SQL'
SET client_min_messages = warning;
SELECT format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE', :'name')
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'name') \gexec
SELECT format('ALTER ROLE %I PASSWORD %L', :'name', :'password') \gexec
SELECT format('CREATE DATABASE %I OWNER %I', :'name', :'name')
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'name') \gexec
SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', :'name') \gexec
SQL
  psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --dbname="$name" <<'SQL'
SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS pgcrypto;
CREATE EXTENSION IF NOT EXISTS unaccent;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
SQL
done
