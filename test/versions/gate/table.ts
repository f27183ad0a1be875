/*
 * Tries frauds, regressions and honest versions against the gate, and prints what it says of each:
 *
 *   node test/versions/gate/table.ts
 *
 * Takes about two minutes. Ends with 1 if a fraud passed, or something honest did not.
 */
import type { Case } from './case.ts'
import { FRAUDS } from './frauds.ts'
import { openGateFixture } from './gate-fixture.ts'
import { HONEST } from './honest.ts'
import { REGRESSIONS } from './regressions.ts'
import { SAMPLE_FRAUDS } from './sample-frauds.ts'

const fixture = openGateFixture()
let wrong = 0

async function show(cases: readonly Case[]): Promise<void> {
  for (const { name, says, attempt } of cases) {
    const said = await attempt(fixture)
    const isRight = says === '' ? said === '' : says.test(said)
    if (!isRight) wrong++
    const lines = said
      .split('\n')
      .map(line => line.trim())
      .filter(line => line !== '' && !/does not pass the gate|Nothing was changed/.test(line))
    console.log(`${isRight ? '' : 'WRONG: '}${name}`)
    console.log(`  → ${lines.join('\n    ').replaceAll(fixture.root, '…') || 'passed'}`)
  }
}

try {
  console.log('Frauds and regressions\n')
  await show([...FRAUDS, ...REGRESSIONS, ...SAMPLE_FRAUDS])
  console.log('\nHonest\n')
  await show(HONEST)
  console.log(wrong === 0 ? '\nall as it should be' : `\n${wrong} not as it should be`)
} finally {
  fixture.close()
}
process.exitCode = wrong === 0 ? 0 : 1
