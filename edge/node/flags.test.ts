import { Command } from 'commander'
import { afterEach, expect, test } from 'vitest'
import { booleanOption } from './flags.ts'

const VARIABLE = 'LATENT_EDGE_TEST_FLAG'
afterEach(() => {
  delete process.env[VARIABLE]
})

function parse(args: string[], variable?: string): unknown {
  if (variable !== undefined) process.env[VARIABLE] = variable
  const program = new Command().exitOverride().configureOutput({ writeErr: () => {} })
  program.addOption(booleanOption('flag', 'a flag', VARIABLE))
  return program.parse(args, { from: 'user' }).opts().flag
}

test.each([
  [[], undefined, false],
  [['--flag'], undefined, true],
  [['--flag', 'false'], undefined, false],
  [[], 'true', true],
  [[], '1', true],
  [[], 'TRUE', true],
  [[], 'false', false],
  [[], '0', false],
  [[], '', false],
  [['--flag'], 'false', true],
])('a boolean option with the arguments %j and the variable %j is %s', (args, variable, expected) => {
  expect(parse(args, variable)).toBe(expected)
})

test('a boolean option refuses other values of its variable', () => {
  expect(() => parse([], 'maybe')).toThrow('Expected true or false')
})
