import { DurableObject } from 'cloudflare:workers'
import type { DurableObjectNamespace, DurableObjectState, KVNamespace } from '@cloudflare/workers-types'
import { ApiKeyFile, apiKeys } from '../http/api-keys.ts'
import { chargeUse, type KeyCounter, type KeyLimits, type KeyUse } from '../http/key-counter.ts'
import type { ApiKeys } from '../platform.ts'

/*
 * API keys of the Worker. The file of keys is a value in KV. Usage is counted in one Durable Object for each client: a
 * Worker runs in many isolates at once, and KV, which is only eventually consistent, would lose counts.
 */

/** The key in KV of the file of keys. */
const FILE = 'keys.json'
/** Milliseconds for which a read file is used. KV itself serves a changed value after up to a minute. */
const FRESH = 60_000

/** The methods of `KeyCounterObject` as its stub offers them. */
export type CounterNamespace = Pick<DurableObjectNamespace, 'idFromName'> & {
  get(id: ReturnType<DurableObjectNamespace['idFromName']>): KeyCounter
}

/** The clients whose keys are in a KV namespace. The file is read again when it is older than a minute. */
export function workerKeys(namespace: KVNamespace, counters: CounterNamespace): ApiKeys {
  const counterOf = (client: string) => counters.get(counters.idFromName(client))
  let keys: ApiKeys | undefined
  let readAt = 0
  return {
    async authenticate(authorization) {
      if (!keys || Date.now() - readAt > FRESH) {
        const text = await namespace.get(FILE)
        // A file of another form is the operator's mistake: the error is logged with its reason, and the client gets a 500.
        const { keys: entries } = text === null ? { keys: [] } : ApiKeyFile.parse(JSON.parse(text))
        keys = apiKeys(entries, counterOf)
        readAt = Date.now()
      }
      return keys.authenticate(authorization)
    },
  }
}

/** Counts what one client uses, across all isolates of the Worker. */
export class KeyCounterObject extends DurableObject implements KeyCounter {
  private use: KeyUse | undefined

  constructor(state: DurableObjectState, env: unknown) {
    super(state, env)
    void state.blockConcurrencyWhile(async () => {
      this.use = await state.storage.get<KeyUse>('use')
    })
  }

  async charge(cost: number, limits: KeyLimits) {
    const charged = chargeUse(this.use, cost, limits, Date.now())
    this.use = charged.use
    if (cost > 0 && !charged.refused) await this.ctx.storage.put('use', charged.use)
    return charged
  }
}
