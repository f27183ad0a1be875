# The Node server with page and zoo: docker build -t latent-edge . && docker run -p 8787:8787 latent-edge
# Health for orchestrators: GET /healthz (alive) and GET /readyz (ready; 503 while it shuts down).
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build
# Only what edge/node/cli.ts imports: packages that train, and the wasm runtime of the Worker, are not in the image.
RUN npm prune --omit=dev --omit=optional --ignore-scripts \
  && node edge/deploy/prune-modules.ts

FROM node:24-slim
WORKDIR /app
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8787 METRICS_PORT=9464
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/edge ./edge
COPY --from=build /app/models ./models
COPY --from=build /app/web/dist ./web/dist
USER node
EXPOSE 8787 9464
STOPSIGNAL SIGTERM
CMD ["node", "edge/node/cli.ts"]
