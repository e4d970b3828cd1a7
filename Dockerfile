# The guard as a container: docker build -t plasma-guard . && docker run -v "$PWD/guard:/data" plasma-guard
FROM node:20-bookworm AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund --loglevel=error
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
COPY devnet ./devnet
COPY bench ./bench
RUN npx tsc -p tsconfig.build.json && npm prune --omit=dev --loglevel=error

FROM node:20-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist/src ./dist/src
COPY package.json mesg.yml ./
COPY processes ./processes
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
ENTRYPOINT ["node", "dist/src/cli/main.js"]
CMD ["run", "--config", "/data/guard.yml"]
