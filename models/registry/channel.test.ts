import { describe, expect, test } from 'vitest'
import {
  type Channel,
  formatChannel,
  isCanary,
  parseChannel,
  promote,
  rollBack,
  stableLine,
  startCanary,
} from './channel.ts'

const [A, B, C] = ['aaaaaaaaaaaa', 'bbbbbbbbbbbb', 'cccccccccccc']
const at = '2026-01-01T00:00:00.000Z'
const record = { at, by: 'test' }
const first = promote(undefined, 'some-model', A, record)

describe('a channel', () => {
  test('a channel records each promotion, canary and rollback in its history', () => {
    const canary = startCanary(first, { version: B, share: 10 }, record)
    expect(canary).toMatchObject({ stable: A, canary: { version: B, share: 10 } })
    const promoted = promote(canary, 'some-model', B, { ...record, overrode: ['metric: worse'] })
    expect(promoted).toMatchObject({ stable: B, canary: null })
    expect(promoted.history.map(change => [change.action, change.stable, change.canary?.share])).toEqual([
      ['promote', A, undefined],
      ['canary', A, 10],
      ['promote', B, undefined],
    ])
    expect(promoted.history[2].overrode).toEqual(['metric: worse'])
    expect(rollBack(promoted, record)).toMatchObject({ stable: A, canary: null })
    expect(rollBack(canary, record)).toMatchObject({ stable: A, canary: null })
    expect(rollBack(first, record)).toBeUndefined()
  })
  test('each rollback of a channel goes one version further back, not to and fro', () => {
    let channel: Channel | undefined = promote(
      promote(first, 'some-model', B, record),
      'some-model',
      C,
      record,
    )
    const seen: string[] = []
    for (; channel; channel = rollBack(channel, record)) seen.push(channel.stable)
    expect(seen).toEqual([C, B, A])
  })
  test('a promotion after a rollback stands after the version that was rolled back to', () => {
    const back = rollBack(promote(first, 'some-model', B, record), record) as Channel
    expect(stableLine(promote(back, 'some-model', C, record))).toEqual([A, C])
  })
  test('the history of a channel has a bounded length', () => {
    let channel = first
    for (let i = 0; i < 500; i++) channel = promote(channel, 'some-model', i % 2 ? A : B, record)
    expect(channel.history.length).toBe(200)
    expect(formatChannel(channel).length).toBeLessThan(50_000)
  })
  test('parseChannel reads what was written, and refuses anything else with a reason', () => {
    expect(parseChannel(formatChannel(first), 'some-model')).toEqual(first)
    expect(() => parseChannel(formatChannel(first), 'other')).toThrow(
      'expected the channel of other, got that of some-model',
    )
    expect(() => parseChannel('{"form', 'some-model')).toThrow('expected JSON')
    expect(() => parseChannel(JSON.stringify({ ...first, stable: 'x' }), 'some-model')).toThrow(/^stable: /)
  })
})

describe('assignment', () => {
  const chosen = (share: number, version = B, prefix = 'seed ') =>
    Array.from({ length: 10_000 }, (_, seed) => isCanary('some-model', { version, share }, prefix + seed))
  const percentOf = (choices: boolean[]) => (100 * choices.filter(Boolean).length) / choices.length

  test.each([1, 5, 10, 25, 50, 90, 99])(
    'a share of %i%% assigns that many of 10,000 seeds or addresses to the canary, within 1%%',
    share => {
      expect(Math.abs(percentOf(chosen(share)) - share)).toBeLessThan(1)
      expect(Math.abs(percentOf(chosen(share, C, 'client 10.0.0.')) - share)).toBeLessThan(1)
    },
  )
  test('a share of 100% assigns all, and a seed keeps the canary as the share grows', () => {
    expect(percentOf(chosen(100))).toBe(100)
    const [few, more] = [chosen(10), chosen(30)]
    expect(few.every((is, seed) => !is || more[seed])).toBe(true)
  })
  test('another canary version is assigned to other seeds', () => {
    const [one, other] = [chosen(50, B), chosen(50, C)]
    const both = percentOf(one.map((is, seed) => is && other[seed]))
    expect(Math.abs(both - 25)).toBeLessThan(2)
  })
})
