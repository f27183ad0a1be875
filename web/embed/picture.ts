import type { Frames } from './frames.ts'

/** A frame as an image file, `scale` pixels for one. Null where the browser cannot make one of that type. */
export async function saveFrame(
  frames: Frames,
  t: number,
  u: number,
  { scale, type, quality }: { scale: number; type?: string; quality?: number },
): Promise<Blob | null> {
  const canvas = document.createElement('canvas')
  const { width, height } = frames
  const times = Math.min(16, Math.max(1, Math.round(Number(scale) || 1)))
  canvas.width = width * times
  canvas.height = height * times
  const g = canvas.getContext('2d') as CanvasRenderingContext2D
  frames.draw(g, t, u)
  g.imageSmoothingEnabled = false
  // Onto itself: the source is read before anything is written.
  if (times > 1) g.drawImage(canvas, 0, 0, width, height, 0, 0, width * times, height * times)
  return new Promise(resolve => canvas.toBlob(resolve, type, quality))
}
