/**
 * A signal that aborts at the first Ctrl-C (or SIGTERM), so that work can end in an orderly way; the second one ends
 * the process with code 130.
 *
 * @param say called at the first signal with a line that says what happens
 * @param restore called before the process is ended: a progress bar has hidden the terminal's cursor
 */
export function stopOnSignals(say: (line: string) => void, restore: () => void = () => {}): AbortSignal {
  const stop = new AbortController()
  const interrupt = () => {
    if (stop.signal.aborted) {
      restore()
      process.exit(130)
    }
    stop.abort()
    say('stopping after the steps under way; press Ctrl-C again to stop at once')
  }
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt)
  return stop.signal
}
