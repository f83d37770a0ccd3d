#!/bin/sh
# A PostgreSQL that is reached by its socket alone. The first start makes the cluster, with a role and a database for the
# engine; who may enter as that role is decided by the kernel ("peer"), so there is no password to keep.
set -eu
if [ ! -s "$PGDATA/PG_VERSION" ]; then
    new=$PGDATA/new # an initdb that is cut short leaves no half cluster behind
    rm -rf "$new"
    initdb --pgdata="$new" --auth-local=peer --auth-host=reject --encoding=UTF8 --locale=C.UTF-8 --data-checksums
    printf '%s\n' 'CREATE ROLE switchboard LOGIN' 'CREATE DATABASE switchboard OWNER switchboard' |
        postgres --single -D "$new" postgres
    mv "$new"/* "$PGDATA"
    rmdir "$new"
fi
exec postgres -c listen_addresses= -c unix_socket_directories=/run/postgresql
