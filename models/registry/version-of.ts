import { sha256 } from '../files/sha256.ts'

/** The version of some files: the first 12 hex digits of the SHA-256 over encoder.onnx followed by decoder.onnx. */
export async function versionOf(files: Record<'encoder.onnx' | 'decoder.onnx', Uint8Array>): Promise<string> {
  return (await sha256(files['encoder.onnx'], files['decoder.onnx'])).slice(0, 12)
}
