/**
 * What stands in zod's place in the page. Schemas in models/ are declared where types are; here nothing is checked with
 * them, so their declarations only have to run, and 60 kB stay away. Any property and any call gives itself.
 */
export const z: unknown = /* @__PURE__ */ new Proxy(() => z, { get: () => z, apply: () => z })
