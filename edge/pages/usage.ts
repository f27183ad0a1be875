import { Problem } from '../http/problem.ts'
import { jsonReply, type Reply } from '../http/reply.ts'
import type { RequestHead } from '../http/request-head.ts'
import type { Platform } from '../platform.ts'

/**
 * Today's usage of a client with a key.
 *
 * @throws Problem unauthorized without a key, not-found if the server has no keys
 */
export async function usageReply({ keys }: Platform, { authorization }: RequestHead): Promise<Reply> {
  if (!keys) throw new Problem('not-found', 'This server has no keys: nothing is counted by client.')
  if (authorization === undefined) {
    const headers = { 'www-authenticate': 'Bearer' }
    throw new Problem('unauthorized', 'Authorization: expected "Bearer" and a key, got nothing.', [], headers)
  }
  const account = await keys.authenticate(authorization)
  return jsonReply(await account.usage(), {
    'cache-control': 'no-store',
    vary: 'authorization, accept-encoding',
  })
}
