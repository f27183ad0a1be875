/** The part of gifenc that this page uses; the package brings no types. */
declare module 'gifenc' {
  interface GifEncoder {
    /** @param index a palette index for each pixel; @param options.delay milliseconds */
    writeFrame(
      index: Uint8Array,
      width: number,
      height: number,
      options: { palette: number[][]; delay: number },
    ): void
    finish(): void
    bytes(): Uint8Array
  }
  export function GIFEncoder(): GifEncoder
}
