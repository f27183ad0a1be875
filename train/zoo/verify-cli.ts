import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Command } from 'commander'
import { dataDirOption, zooOption } from '../../export/command/options.ts'
import { runProgram } from '../../export/command/run-program.ts'
import type { Dataset } from '../data/dataset.ts'
import { loadDataset } from '../data/load-dataset.ts'
import { verifyModel } from './verify.ts'

interface Options {
  zoo: string
  dataDir?: string
}

const program = new Command('npm run zoo:verify --')
  .description("Recompute every metric on the zoo's cards from their ONNX files, over the whole data sets.")
  .argument('[ids...]', 'only these models')
  .addOption(zooOption())
  .addOption(dataDirOption())
  .addHelpText(
    'after',
    `
Exit code 1: a figure differs from the card's, or a data set is not available to check it.`,
  )
  .showHelpAfterError('(--help lists the options)')
  .action(async (ids: string[], { zoo, dataDir }: Options) => {
    const there = (await readdir(zoo, { withFileTypes: true })).filter(e => e.isDirectory()).map(e => e.name)
    const unknown = ids.filter(id => !there.includes(id))
    if (unknown.length > 0) throw new Error(`${zoo}: expected models of it, got ${unknown.join(', ')}`)
    const loaded = new Map<string, Promise<Dataset>>()
    const load = (name: string) => {
      const dataset = loaded.get(name) ?? loadDataset(name, { dataDir })
      loaded.set(name, dataset)
      return dataset
    }
    for (const id of ids.length > 0 ? ids : there.sort()) {
      try {
        const { metrics, largest, faults } = await verifyModel(join(zoo, id), load)
        const verdict = faults.length === 0 ? 'as its card says' : `${faults.length} faults`
        console.log(`${id.padEnd(32)} ${metrics} metrics  ${largest.toExponential(1)}  ${verdict}`)
        for (const fault of faults) console.log(`  ${fault}`)
        if (faults.length > 0) process.exitCode = 1
      } catch (error) {
        console.log(`${id.padEnd(32)} not checked: ${(error as Error).message}`)
        process.exitCode = 1
      }
    }
  })

await runProgram(program)
