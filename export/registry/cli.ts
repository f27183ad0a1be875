import { runCommand } from './commands.ts'

process.exitCode = await runCommand(process.argv.slice(2), { print: console.log, complain: console.error })
