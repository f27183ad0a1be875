/**
 * A function that gives the current time as a Date header (RFC 9110, 6.6.1). Its text changes once a second and is made
 * once a second: made for each reply, it takes 2 to 4 µs of the 75 that a reply from memory costs in workerd.
 *
 * @param now the clock, in milliseconds since 1970
 */
export function dateHeader(now: () => number = Date.now): () => string {
  let second = Number.NaN
  let text = ''
  return () => {
    const current = Math.floor(now() / 1000)
    if (current !== second) {
      second = current
      text = new Date(1000 * current).toUTCString()
    }
    return text
  }
}
