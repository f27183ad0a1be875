import path from 'node:path'
import { Command } from 'commander'
import { findUndocumented } from './doc-comments.ts'
import { type ImportGraph, readImports } from './imports.ts'
import { findLongFunctions } from './long-functions.ts'
import { findModuleState, importedFiles } from './module-state.ts'
import { countLevels, findCycles, findFaults, roomGraphs } from './rooms.ts'
import { readSources } from './sources.ts'

const FOLDERS = ['models', 'export', 'train', 'edge', 'web', 'test']

new Command('npm run layout --')
  .description(
    'Shows how the code is laid out: folders, the imports between their parts, cycles, long functions, exports without a doc comment, and variables at module scope that change.',
  )
  .option('--root <folder>', 'another checkout to look at, such as one of an older commit', '.')
  .option('--check', 'print only what is wrong; exit status 1 if anything is')
  .option('--tree', 'print the tree of folders, with the number of files in each')
  .action(({ root, check, tree }: { root: string; check?: boolean; tree?: boolean }) => {
    const sources = readSources(path.resolve(root))
    const imports = readImports(sources)
    const imported = importedFiles(imports)
    const faults = [
      ...findFaults(imports),
      ...sources.flatMap(source => findLongFunctions(source)),
      ...sources.flatMap(findUndocumented),
      ...sources.flatMap(source => findModuleState(source, imported)),
    ]
    if (tree) printTree(imports)
    if (!check) printFigures(imports)
    for (const fault of faults) console.error(fault)
    if (check && faults.length > 0) process.exitCode = 1
  })
  .parse()

function printTree(imports: ImportGraph): void {
  const counts = new Map<string, number>()
  for (const file of imports.keys()) {
    const folder = path.posix.dirname(file)
    counts.set(folder, (counts.get(folder) ?? 0) + 1)
  }
  for (const folder of [...counts.keys()].sort()) {
    const depth = folder.split('/').length - 1
    console.log(`${'  '.repeat(depth)}${path.posix.basename(folder)}/ ${counts.get(folder)}`)
  }
  console.log()
}

/** A line for each top-level folder: its direct children, the imports between them, and the cycles in all of it. */
function printFigures(imports: ImportGraph): void {
  const rows = FOLDERS.map(folder => {
    const graphs = roomGraphs(imports, folder)
    const { rooms } = graphs[0]
    const inside = new Map([...imports].filter(([file]) => file.startsWith(`${folder}/`)))
    return {
      folder,
      files: inside.size,
      'direct parts': rooms.size,
      levels: countLevels(rooms),
      arrows: [...rooms.values()].reduce((sum, targets) => sum + targets.size, 0),
      'cycles of files': findCycles(inside).length,
      'cycles of folders': graphs.reduce((sum, each) => sum + findCycles(each.rooms).length, 0),
    }
  })
  console.table(rows)
}
