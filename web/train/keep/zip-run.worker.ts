/// <reference lib="webworker" />
import type { MadeRun } from '../exported-run.ts'
import { serveJob } from '../worker-job.ts'
import { zipRun } from './zip-run.ts'

// A Blob goes to the page by reference.
serveJob(async (made: MadeRun) => new Blob([zipRun(made)], { type: 'application/zip' }))
