# PostgreSQL with oms: docker build -t oms . && docker run -e POSTGRES_PASSWORD=… oms
# The database that the container creates has the extension; in others: CREATE EXTENSION oms.
ARG PG_MAJOR=15

FROM postgres:${PG_MAJOR}-bookworm AS build
RUN apt-get update \
	&& apt-get install -y --no-install-recommends make gcc libc6-dev postgresql-server-dev-"$PG_MAJOR" \
	&& rm -rf /var/lib/apt/lists/*
COPY . /oms
RUN make -C /oms -j"$(nproc)" with_llvm=no \
	&& make -C /oms install with_llvm=no DESTDIR=/installed

FROM postgres:${PG_MAJOR}-bookworm
COPY --from=build /installed /
RUN echo 'CREATE EXTENSION oms;' > /docker-entrypoint-initdb.d/oms.sql
