/** Numbers in row-major order; the element type is that of the model's input or output. */
export interface Numbers {
  dims: readonly number[]
  data: Float32Array | Int32Array | Uint8Array
}

/** The first line of an error's message; messages of other libraries have several. */
export function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]
}
