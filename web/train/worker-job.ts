/** What a worker that does a single job tells the page. */
type JobReport<Result, Progress> = { progress: Progress } | { result: Result } | { failure: string }

/**
 * Runs one job in a new worker, so that the page stays responsive.
 *
 * @param startFailure the message of the error if the worker cannot be started
 * @throws Error with the message of the error that the job threw
 */
export async function runJob<Job, Result, Progress = never>(
  worker: Worker,
  job: Job,
  startFailure: string,
  onProgress?: (progress: Progress) => void,
): Promise<Result> {
  try {
    return await new Promise<Result>((resolve, reject) => {
      worker.addEventListener('error', () => reject(new Error(startFailure)))
      worker.addEventListener('message', ({ data }: MessageEvent<JobReport<Result, Progress>>) => {
        if ('progress' in data) onProgress?.(data.progress)
        else if ('failure' in data) reject(new Error(data.failure))
        else resolve(data.result)
      })
      worker.postMessage(job)
    })
  } finally {
    worker.terminate()
  }
}

/** Runs, in a worker, the job that the page sends. */
export function serveJob<Job, Result, Progress = never>(
  work: (job: Job, report: (progress: Progress) => void) => Promise<Result>,
): void {
  const post = (report: JobReport<Result, Progress>) => self.postMessage(report)
  self.addEventListener('message', async ({ data }: MessageEvent<Job>) => {
    try {
      post({ result: await work(data, progress => post({ progress })) })
    } catch (error) {
      post({ failure: error instanceof Error ? error.message : String(error) })
    }
  })
}
