import { LRUCache } from 'lru-cache'
import { clientGone, Problem } from '../http/problem.ts'
import type { Client } from '../platform.ts'

/** Runs heavy work, one piece at a time; the clients that wait take turns. */
export interface HeavyQueue {
  /** Runs work when it is the client's turn. @throws Problem busy after `timeout`, or client-gone if the client has left */
  run<T>(client: Client, work: () => Promise<T>): Promise<T>
  /** How many requests wait. */
  waiting(): number
}

/** Milliseconds between a waiting request's polls: `first`, then twice as many each time, up to `longest`. */
const POLL = { first: 2, longest: 16 }
/** A request whose poll is so many milliseconds overdue counts as ended. */
const MISSED = 50
/** Milliseconds after which a waiting request gets 503. */
const TIMEOUT = 10_000
/** Work that runs for so many milliseconds counts as ended: in a Worker its request may be gone, see below. */
const LOST_AFTER = 5000
/** Clients whose last turn is remembered. */
const CLIENTS = 1000

interface Ticket {
  client: string
  arrived: number
  /** When it polls next. */
  due: number
}

/**
 * A queue for one process. The client whose last turn was longest ago is next, with the first of its waiting requests. So
 * a client that sends many requests delays only its own, and another client waits for at most one of them.
 *
 * Waiting requests poll the queue; it does not wake them. In a Worker, the code of a request stops without notice when its
 * client's connection breaks, and a queue that had woken such a request would wait for it forever. Requests that miss
 * their polls are dropped. If a client closes its connection in the regular way, workerd notices only when it writes the
 * reply, so the work for that reply is wasted.
 *
 * @param timeout milliseconds, for tests
 */
export function heavyQueue(timeout = TIMEOUT): HeavyQueue {
  const tickets = new Set<Ticket>()
  const lastTurns = new LRUCache<string, number>({ max: CLIENTS })
  let turn = 0
  let began: number | undefined
  let ended = Number.NEGATIVE_INFINITY

  function isNext(ticket: Ticket, now: number): boolean {
    if (began !== undefined && now - began <= LOST_AFTER) return false
    let next = ticket
    for (const other of tickets) {
      // No request could poll while other work ran, so a request is overdue from the end of that work at the earliest.
      if (now - Math.max(other.due, ended) > MISSED) tickets.delete(other)
      else if (isBefore(other, next)) next = other
    }
    return next === ticket
  }
  function isBefore(a: Ticket, b: Ticket): boolean {
    const [turnA, turnB] = [lastTurns.peek(a.client) ?? 0, lastTurns.peek(b.client) ?? 0]
    return turnA < turnB || (turnA === turnB && a.arrived < b.arrived)
  }
  async function waitForTurn(client: Client): Promise<void> {
    const arrived = performance.now()
    const ticket: Ticket = { client: client.address(), arrived, due: arrived }
    tickets.add(ticket)
    try {
      let polled = arrived
      let pause = POLL.first
      // Polls at least once, and again after any work that ended since the last poll: only then has the event loop
      // noticed which clients have hung up.
      for (;;) {
        ticket.due = performance.now() + pause
        await new Promise(resolve => setTimeout(resolve, pause))
        if (client.hasHungUp()) throw clientGone()
        const now = performance.now()
        tickets.add(ticket)
        const free = began === undefined || now - began > LOST_AFTER
        if (polled >= ended && isNext(ticket, now)) break
        if (now - arrived > timeout) throw busy()
        pause = free ? POLL.first : Math.min(2 * pause, POLL.longest)
        polled = now
      }
      lastTurns.set(ticket.client, ++turn)
      began = performance.now()
    } finally {
      tickets.delete(ticket)
    }
  }
  return {
    waiting: () => tickets.size,
    async run(client, work) {
      await waitForTurn(client)
      try {
        return await work()
      } finally {
        began = undefined
        ended = performance.now()
      }
    },
  }
}

function busy(): Problem {
  const detail = 'Too many large answers are being made. Request fewer images, or try again in 5 s.'
  return new Problem('busy', detail, [], { 'retry-after': '5' })
}
