import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as ort from 'onnxruntime-node'
import type { Card, Metric } from '../../models/card.ts'
import { graphsOf, parseCard, readFiles } from '../../models/registry/version.ts'
import { binarizedDataset } from '../data/binarized.ts'
import { chooseFold } from '../data/choose-fold.ts'
import type { Dataset } from '../data/dataset.ts'
import { evaluateHeldOut } from '../step/evaluation.ts'
import { asMetrics } from '../step/metrics.ts'
import type { OnnxRuntime } from '../step/onnx-engine.ts'
import { forwardPass, openOnnxModel } from '../step/run/onnx-model.ts'

/**
 * Largest relative difference from the card's metric that a recomputed one may have: processors order float32 sums
 * differently.
 */
const RELATIVE = 1e-4

/** The result of verifying a model. */
export interface Verified {
  id: string
  /** Metrics compared. */
  metrics: number
  /** Largest relative difference between a metric and the card's. */
  largest: number
  /** Each a sentence; empty if all is well. */
  faults: string[]
}

/**
 * Checks a model of a zoo against its card: every file's length and SHA-256, the version, and every metric recomputed
 * from the ONNX files over the whole validation fold and test set.
 *
 * @param folder the model's: card.json beside its files
 * @param load gives the card's data set
 * @throws Error when the card cannot be read or the data set is not available
 */
export async function verifyModel(
  folder: string,
  load: (name: string) => Promise<Dataset>,
): Promise<Verified> {
  const card = parseCard(await readFile(join(folder, 'card.json')), join(folder, 'card.json'))
  const { files, faults } = await readFiles(
    card,
    async file => new Uint8Array(await readFile(join(folder, file))),
  )
  const pair = graphsOf(files)
  const metrics = await recompute(card, pair, await load(card.dataset.name))
  const measured = card.metrics.filter(({ name }) => name !== 'importanceBound')
  const compared = measured.map(stated => compare(stated, metrics))
  faults.push(...compared.flatMap(({ fault }) => fault ?? []))
  return {
    id: card.id,
    metrics: compared.length,
    largest: Math.max(0, ...compared.map(({ difference }) => difference)),
    faults,
  }
}

async function recompute(
  card: Card,
  files: { encoder: Uint8Array; decoder: Uint8Array },
  dataset: Dataset,
): Promise<Metric[]> {
  const { architecture, prior, training, objective } = card
  const pair = await openOnnxModel(ort as OnnxRuntime, files, architecture)
  try {
    const { validation } = chooseFold(dataset, { ...training, foldSeed: 0, split: 'shuffled' })
    const model = forwardPass(pair)
    const binarized = training.pixels === 'binarized'
    const measured = binarized ? binarizedDataset(dataset, training.seed) : dataset
    const task = { architecture, prior, seed: training.seed }
    const evaluations = await evaluateHeldOut(model, task, measured, validation)
    return evaluations.flatMap(({ split, ...each }) =>
      asMetrics(split, each, { architecture, objective }, binarized),
    )
  } finally {
    await pair.close()
  }
}

function compare(stated: Metric, found: Metric[]): { difference: number; fault?: string } {
  const { name, split, latent, images } = stated
  const other = found.find(m => m.name === name && m.split === split && m.latent === latent)
  const what = `${name}, ${split}, z ${latent}`
  if (!other) return { difference: 0, fault: `${what}: the card states it, the files give none` }
  const pairs = [stated.value].flat().map((value, i) => [value, [other.value].flat()[i]])
  const difference = Math.max(...pairs.map(([a, b]) => Math.abs(a - b) / Math.max(Math.abs(a), 1e-3)))
  if (other.images === images && difference <= RELATIVE) return { difference }
  return {
    difference,
    fault: `${what}: the card states ${stated.value} over ${images} images, the files give ${other.value} over ${other.images}`,
  }
}
