import type { Training } from '../../train/training.ts'

/** A run's progress in one line. */
export function statusLine(training: Training): string {
  const { state, configuration, engine } = training
  const { epochs } = configuration.optimization
  const { progress } = state
  const name = engine === 'wasm' ? 'WebAssembly' : 'WebGPU'
  if (state.phase === 'opening')
    return 'Starting the engine. The first time, it has to be fetched (about 4 MB).'
  if (state.phase === 'failed') return `Training stopped after ${state.epoch} of ${epochs} epochs.`
  const epoch = progress
    ? `Epoch ${progress.epoch} of ${epochs}, step ${progress.step} of ${progress.steps}`
    : `${state.epoch} of ${epochs} epochs`
  const loss = progress ? ` · loss ${progress.loss.toFixed(2)} nats per image` : ''
  const speed = progress?.imagesPerSecond ?? state.figures.at(-1)?.imagesPerSecond
  const rate = speed ? ` · ${Math.round(speed).toLocaleString('en')} images/s (${name})` : ''
  const phase = state.phase === 'finished' ? 'Done. ' : state.phase === 'paused' ? 'Paused. ' : ''
  return `${phase}${epoch}${loss}${rate}`
}
