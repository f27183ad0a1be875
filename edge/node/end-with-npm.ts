/** Milliseconds between two looks at the parent process. */
const PERIOD = 500

/**
 * Sends this process SIGTERM once its parent has ended, if it was started by `npm run <script>`.
 *
 * npm passes a SIGTERM on to the shell that it runs the script in, and the shell ends without passing it on, so that
 * `npm start & kill $!` would leave the server and its port taken. On Windows a process keeps its parent's id, so nothing
 * changes there.
 */
export function endWithNpm(script: string): void {
  if (process.env.npm_lifecycle_event !== script) return
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    process.kill(process.pid, 'SIGTERM')
  }, PERIOD)
  timer.unref()
}
