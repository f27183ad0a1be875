/** One thing that a version is checked for before it may answer. */
export interface Finding {
  check: 'parity' | 'comparable' | 'measured' | 'metric' | 'floor' | 'collapse' | 'samples'
  passed: boolean
  /** What was expected and what was found, as text for people. */
  says: string
}
