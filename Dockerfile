# Two images on one base: `switchboard`, the engine with its PBX, and `database`, a PostgreSQL for it.
# Everything comes from Debian's signed packages and from the hash-locked requirements. compose.yaml builds and runs both.
ARG BASE=debian:forky-slim

# --------------------------------------------------------------------------------------------------------- database
FROM ${BASE} AS database
# Both images know the two users by the same numbers: over a socket the kernel tells PostgreSQL who asks ("peer"), so that
# no password is needed. The user must be there before the package makes one of its own.
RUN useradd --system --uid 10001 --no-create-home switchboard \
 && useradd --system --uid 10002 --home-dir /var/lib/postgresql postgres \
 && apt-get update \
 && apt-get install -y --no-install-recommends postgresql-common \
 && sed -i 's/^#*create_main_cluster.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf \
 && apt-get install -y --no-install-recommends postgresql \
 && rm -rf /var/lib/apt/lists/* \
 && ln -s /usr/lib/postgresql/*/bin /opt/postgresql \
 && install -d -o postgres -g postgres -m 0700 /var/lib/postgresql/data \
 && install -d -o postgres -g postgres -m 0755 /run/postgresql
COPY --chmod=0755 docker/database.sh /usr/local/bin/database
ENV PATH=/opt/postgresql:$PATH PGDATA=/var/lib/postgresql/data
USER postgres
VOLUME ["/var/lib/postgresql/data", "/run/postgresql"]
# fast shutdown: roll back what is open, write everything out
STOPSIGNAL SIGINT
HEALTHCHECK --interval=5s --timeout=3s --start-period=60s --retries=5 CMD ["psql", "--quiet", "--no-psqlrc", "--command=SELECT 1", "switchboard"]
CMD ["database"]

# ----------------------------------------------------------------------------------------------------- requirements
FROM ${BASE} AS requirements
RUN apt-get update && apt-get install -y --no-install-recommends python3 python3-venv && rm -rf /var/lib/apt/lists/*
COPY requirements.lock /tmp/requirements.lock
RUN python3 -m venv /opt/venv \
 && /opt/venv/bin/pip install --no-cache-dir --only-binary :all: --require-hashes -r /tmp/requirements.lock \
 && /opt/venv/bin/pip uninstall -y pip

# ---------------------------------------------------------------------------------------------------------- program
FROM ${BASE} AS program
WORKDIR /opt/switchboard
COPY agi agi
COPY ari_app ari_app
COPY db db
COPY demo demo
COPY dialplan dialplan
COPY premises premises
COPY reports reports
COPY routing routing
COPY web web
COPY docker/healthy.py docker/healthy.py
# the rules are where a volume can replace them: with the file's folder, since editors write a new file
RUN ln -s /rules/routing_rules.yaml routing_rules.yaml

# ------------------------------------------------------------------------------------------------------ switchboard
FROM ${BASE} AS switchboard
RUN useradd --system --uid 10001 --create-home switchboard \
 && apt-get update \
 && apt-get install -y --no-install-recommends python3 espeak-ng sox asterisk \
        asterisk-core-sounds-en-wav asterisk-core-sounds-ru-wav asterisk-moh-opsound-wav \
 && rm -rf /var/lib/apt/lists/* \
# Debian links en to its recordings, and forgets ru
 && ln -sfn ru_RU_f_IvrvoiceRU /usr/share/asterisk/sounds/ru \
 && install -d -o switchboard -g switchboard -m 0700 /data \
 && install -d -o 10002 -g 10002 -m 0755 /run/postgresql \
 && install -d /rules
COPY routing_rules.yaml /rules/routing_rules.yaml
COPY --from=requirements /opt/venv /opt/venv
COPY --from=program /opt/switchboard /opt/switchboard
WORKDIR /opt/switchboard
ENV PATH=/opt/venv/bin:$PATH LANG=C.UTF-8 \
    PYTHONPATH=/opt/switchboard PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    SWITCHBOARD_DATA=/data SWITCHBOARD_ASTERISK=/usr/sbin/asterisk SWITCHBOARD_ESPEAK=/usr/bin/espeak-ng SWITCHBOARD_SOX=/usr/bin/sox
USER switchboard
VOLUME /data
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["python", "docker/healthy.py"]
# `docker run … switchboard check`, `… calls`, `… import people FILE`: every command of the command line
ENTRYPOINT ["python", "-m", "ari_app"]
CMD ["up"]
