/** Limits of one request. They are checked before any work, and the documentation states them from here. */
export const LIMITS = {
  /** Images drawn by one `sample`, or decoded from one list of latents. */
  images: 256,
  /** Frames of an interpolation. */
  steps: 128,
  /** Stops of an interpolation, ends included. */
  stops: 16,
  /** Points a side of a grid. */
  gridSide: 24,
  /** Images in one body. */
  postedImages: 64,
  /** Bytes of a body. */
  bodyBytes: 2 * 2 ** 20,
  /** Pixels a side of a posted picture. */
  pictureSide: 1024,
  /** Pixels of all pictures of a body together. */
  postedPixels: 4 * 1024 * 1024,
  /** Scans of a posted JPEG. Progressive ones have about ten. */
  jpegScans: 100,
  /** Pixels of a returned picture, all frames together. */
  answerPixels: 4_000_000,
  /** Screen pixels for one pixel of an image. */
  scale: 16,
  /** Multiple of the prior's standard deviation. */
  temperature: 5,
  /** A grid's reach in standard deviations of the prior. */
  range: 10,
  /** Largest magnitude of a latent coordinate. */
  coordinate: 1000,
  /** Characters of a written text. */
  textLength: 64,
  /** Characters of a query, as it is sent. */
  queryLength: 8192,
  /** Parameters of a query. */
  queryParameters: 64,
  /** Characters of a stop, and of coordinates in text. */
  stopLength: 16_384,
} as const
