/**
 * How a request can fail. connect: no connection. tls: connected, but no TLS session. timeout: no complete reply in
 * time. reset: the connection broke before the reply was complete. status, type, body: a complete reply that differs
 * from what was expected. unsent: too many requests were in flight.
 */
export const FAILURES = ['connect', 'tls', 'timeout', 'reset', 'status', 'type', 'body', 'unsent'] as const

/** A kind of failure. */
export type Failure = (typeof FAILURES)[number]

/** How a request ended. */
export interface Outcome {
  failure?: Failure
  /** The failure in words. */
  detail?: string
  /** Bytes of the reply's body. */
  bytes: number
}
