# The guard as a container, by itself (run) or as a service of a MESG engine (mesg). See docs/mesg.md and deploy/compose.yml.

FROM node:20-bookworm AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY scripts/install.js scripts/
RUN node scripts/install.js
COPY tsconfig.json tsconfig.build.json ./
COPY scripts scripts
COPY src src
COPY devnet devnet
COPY bench bench
RUN node scripts/build.js
RUN npm prune --omit=dev --no-save --no-audit --no-fund --loglevel=error
# What a running guard never opens: a compiler that viem merely mentions, and what better-sqlite3 was made from.
RUN rm -rf node_modules/typescript node_modules/better-sqlite3/deps node_modules/better-sqlite3/src \
    node_modules/better-sqlite3/build/deps node_modules/better-sqlite3/build/Release/obj.target

FROM node:20-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist/src dist/src
COPY package.json mesg.yml ./
COPY processes processes
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
HEALTHCHECK --interval=30s --timeout=10s --start-period=120s CMD ["node", "dist/src/cli/main.js", "health", "/data"]
ENTRYPOINT ["node", "dist/src/cli/container.js", "/data"]
