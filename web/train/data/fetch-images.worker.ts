/// <reference lib="webworker" />
import { serveJob } from '../worker-job.ts'
import { fetchTrainingData } from './fetch-images.ts'
import type { KnownDataJob } from './known-data.ts'
import { type PackedData, packData } from './training-data.ts'

serveJob<KnownDataJob, PackedData, number>(async ({ base, name, images }, report) =>
  packData(await fetchTrainingData(base, name, images, report)),
)
