import { LRUCache } from 'lru-cache'

/** Lists of names that are remembered. */
const LISTS = 100

/**
 * Makes Headers of records that mostly have the same names and values: in workerd it takes 25 µs to read a record of 16,
 * and 9 to copy Headers. For each list of names there is one object, of which the values that changed are set again. It
 * must be copied before the next call, as the Response constructor of workerd does at once.
 */
export function reusedHeaders(): (record: Readonly<Record<string, string>>) => Headers {
  const known = new LRUCache<string, { headers: Headers; values: Readonly<Record<string, string>> }>({
    max: LISTS,
  })
  return record => {
    let names = ''
    for (const name in record) names += name
    const last = known.get(names)
    if (!last) {
      const headers = new Headers(record)
      known.set(names, { headers, values: record })
      return headers
    }
    for (const name in record) {
      if (record[name] !== last.values[name]) last.headers.set(name, record[name])
    }
    last.values = record
    return last.headers
  }
}
