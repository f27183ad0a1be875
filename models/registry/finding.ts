/** The result of one check that a version has to pass before it may answer requests. */
export interface Finding {
  check: 'parity' | 'comparable' | 'measured' | 'metric' | 'floor' | 'collapse' | 'samples'
  passed: boolean
  /** What was expected and what was found, as text for people. */
  says: string
}
