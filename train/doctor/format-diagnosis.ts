import { styleText } from 'node:util'
import type { DataFound, Diagnosis, EngineTest } from './doctor.ts'
import type { Machine } from './machine.ts'

const WIDTH = 80
/** Column at which the text of an entry begins, after its mark and name. */
const INDENT = 19

/** A diagnosis as text in 80 columns. Commands are never broken over lines. */
export function formatDiagnosis({ machine, engines, data }: Diagnosis): string {
  const sections: [string, string[]][] = [
    ['This machine', describe(machine)],
    ['Engines and devices', engines.flatMap(formatEngine)],
    ['Data sets', data.flatMap(formatData)],
  ]
  return sections.map(([title, lines]) => [styleText('bold', title), ...lines, ''].join('\n')).join('\n')
}

function describe(machine: Machine): string[] {
  const { node, platform, cpu, threads, vectors, memory, disk } = machine
  const used = threads === 1 ? '1 thread' : `${threads} threads`
  return [
    ...entry(' ', 'Node', `${node} on ${platform}`),
    ...entry(' ', 'CPU', [cpu, used, ...(vectors ? [vectors] : [])].join(', ')),
    ...entry(' ', 'memory', `${gigabytes(memory.free)} free of ${gigabytes(memory.total)}`),
    ...entry(' ', 'disk', `${gigabytes(disk.free)} free in ${disk.folder}`),
  ]
}

function formatEngine(tested: EngineTest): string[] {
  const name = `${tested.engine} ${tested.device}`
  if (!tested.works) return [...entry('✗', name, tested.why), ...advise(tested)]
  if (tested.note) return [...entry('!', name, `works, but ${tested.note.why}`), ...advise(tested.note)]
  if (tested.engine === 'onnx' && tested.device === 'cpu') return entry('✓', name, 'works; the default')
  const library = tested.computedBy === 'tensorflow' ? " by TensorFlow's library" : ''
  const agreement = tested.largestDifference.toExponential(0)
  return entry('✓', name, `works${library}; its steps agree with onnx cpu to ${agreement}`)
}

function advise({ advice, command }: { advice?: string; command?: string }): string[] {
  return [
    ...(advice ? entry('→', '', `${advice}${command ? ':' : ''}`) : []),
    ...(command ? [`      ${styleText('cyan', command)}`] : []),
  ]
}

function formatData(data: DataFound): string[] {
  return data.found ? entry('✓', data.name, data.folder) : entry('✗', data.name, data.why)
}

const COLOURS = { '✓': 'green', '!': 'yellow', '✗': 'red' } as const

/** The lines of an entry: a mark, a name, and a text wrapped beside them. An arrow is put directly before the text. */
function entry(mark: keyof typeof COLOURS | '→' | ' ', name: string, text: string): string[] {
  const coloured = mark === '→' || mark === ' ' ? ' ' : styleText(COLOURS[mark], mark)
  const beside = name.padEnd(INDENT - 6) + (mark === '→' ? '→ ' : '  ')
  return wrap(text, WIDTH - INDENT).map(
    (line, i) => (i === 0 ? `  ${coloured} ${beside}` : ' '.repeat(INDENT)) + line,
  )
}

/** Wraps a text into lines of at most `width` characters; only a longer word exceeds it. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/\s+/)) {
    if (line && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line ? `${line} ${word}` : word
  }
  return [...lines, line]
}

function gigabytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`
}
