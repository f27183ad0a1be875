import { Command } from 'commander'
import { addApiKey, readApiKeys, removeApiKey } from './api-key-file.ts'
import { wholeNumber } from './flags.ts'

const program = new Command('npm run keys --')
  .description('Manage the file of API keys that `npm run start:node -- --keys <file>` reads at its start.')
  .option('--file <file>', 'the file of keys', 'keys.json')

const fileOf = () => program.opts<{ file: string }>().file

program
  .command('add')
  .description('Make a key for a client and print it; the file keeps only its hash.')
  .argument('<name>', 'name of the client')
  .option(
    '--rate <number>',
    'units per minute; a request for up to 16 images costs one',
    wholeNumber(1_000_000),
  )
  .option('--quota <number>', 'units per day (UTC)', wholeNumber())
  .action(async (name: string, limits: { rate?: number; quota?: number }) => {
    console.log(await addApiKey(fileOf(), { name, ...limits }))
  })
program
  .command('remove')
  .description('Remove a client and its key.')
  .argument('<name>', 'name of the client')
  .action((name: string) => removeApiKey(fileOf(), name))
program
  .command('list')
  .description('List the clients with their limits.')
  .action(async () => {
    for (const { name, rate, quota } of await readApiKeys(fileOf())) {
      console.log(`${name}  ${rate ?? 'any number'} a minute, ${quota ?? 'any number'} a day`)
    }
  })

program.parseAsync().catch(error => {
  console.error(`error: ${(error as Error).message}`)
  process.exitCode = 1
})
