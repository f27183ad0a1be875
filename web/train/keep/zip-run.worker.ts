/// <reference lib="webworker" />
import type { ExportedRun } from '../exported-run.ts'
import { serveJob } from '../worker-job.ts'
import { zipRun } from './zip-run.ts'

// A Blob is passed to the page by reference.
serveJob(async (exported: ExportedRun) => new Blob([zipRun(exported)], { type: 'application/zip' }))
