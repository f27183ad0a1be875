import { expect, test } from 'vitest'
import { CLASSES } from '../classes.ts'
import { layOutText } from './written-text.ts'

test('layOutText puts characters beside one another, with half an image for spaces and hyphens', () => {
  expect(layOutText('20-6 ', CLASSES.mnist)).toEqual({
    glyphs: [
      { character: '2', class: 2, left: 0 },
      { character: '0', class: 0, left: 2 },
      { character: '6', class: 6, left: 5 },
    ],
    width: 8,
  })
})

test('layOutText takes a class of the same letter case first', () => {
  const classes = ['a', 'A', 'b', 'tie']
  expect(layOutText('aAB', classes).glyphs.map(glyph => glyph.class)).toEqual([0, 1, 2])
})

test('layOutText names each character without a class once', () => {
  expect(() => layOutText('3a4:a😀', CLASSES.mnist)).toThrow(
    'text: expected the characters 0 1 2 3 4 5 6 7 8 9, spaces and hyphens, got "a:😀"',
  )
  expect(() => layOutText('1', CLASSES['fashion-mnist'])).toThrow('a model with classes of one character')
})

test.each(['', ' ', ' - '])('layOutText refuses %j, which has no characters to draw', text => {
  expect(() => layOutText(text, CLASSES.mnist)).toThrow('at least one character to draw')
})
