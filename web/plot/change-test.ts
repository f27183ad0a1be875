/**
 * A test whether values have changed since the last call: whether one of them is another (by `===`) than in the call
 * before. The first call answers true.
 */
export function createChangeTest(): (...values: unknown[]) => boolean {
  let before: unknown[] | undefined
  return (...values) => {
    const changed = !before || values.some((value, i) => value !== before?.[i])
    before = values
    return changed
  }
}
