/** Waits for work, but no longer than so many milliseconds. */
export async function within(milliseconds: number, work: Promise<unknown> | undefined): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const timeout = new Promise(resolve => {
    timer = setTimeout(resolve, milliseconds)
  })
  await Promise.race([work, timeout]).finally(() => clearTimeout(timer))
}
