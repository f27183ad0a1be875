import { startAgent } from './agent.ts'

// An agent for `--generators`: it tells its parent where it listens and ends with it.
const { url } = await startAgent({ host: '127.0.0.1', port: 0, allowedTarget: process.argv[2] })
process.on('SIGINT', () => {})
process.on('disconnect', () => process.exit())
process.send?.({ url })
