import { expect, test } from 'vitest'
import { parseBoolean, parseNumber } from './parse-text.ts'

test.each([
  ['12', 12],
  ['-0.5', -0.5],
  ['+.5', 0.5],
  ['5.', 5],
  ['1e-3', 0.001],
  ['', undefined],
  [' 1', undefined],
  ['0x10', undefined],
  ['Infinity', undefined],
  ['1,5', undefined],
  ['1e', undefined],
])('parseNumber reads %j as %j', (text, value) => {
  expect(parseNumber(text)).toBe(value)
})

test.each([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
  ['yes', undefined],
  ['', undefined],
])('parseBoolean reads %j as %j', (text, value) => {
  expect(parseBoolean(text)).toBe(value)
})
