/** Resolves when `work` settles, or after `milliseconds` at the latest. */
export async function waitAtMost(milliseconds: number, work: Promise<unknown> | undefined): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const timeout = new Promise(resolve => {
    timer = setTimeout(resolve, milliseconds)
  })
  await Promise.race([work, timeout]).finally(() => clearTimeout(timer))
}
