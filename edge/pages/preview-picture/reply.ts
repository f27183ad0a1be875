import { entityTag } from '../../http/entity-tag.ts'
import { COMMON_HEADERS } from '../../http/headers.ts'
import { Problem } from '../../http/problem.ts'
import type { RateAccount } from '../../http/rate-limit.ts'
import type { Reply } from '../../http/reply.ts'
import type { RequestHead } from '../../http/request-head.ts'
import { encodePng } from '../../images/encode-png.ts'
import type { Service } from '../../pipeline/respond.ts'
import { readableCards, requireCard } from '../named-card.ts'
import { drawPlan } from './draw.ts'
import { planPicture } from './plan.ts'

/** Units of a client's rate that a picture of up to a few hundred images costs beyond one. */
const COST = 7
/** Seconds that a picture may be kept: it changes with its models, of which its address names no version. */
const MAX_AGE = 3600

/**
 * The picture of a link preview for views that show several models: GET /preview.png with the query of the page.
 *
 * @throws Problem not-found for a view that has no such picture
 */
export async function previewPictureReply(
  service: Service,
  head: RequestHead,
  rate: RateAccount,
): Promise<Reply> {
  const { catalog } = service
  const given = new URL(head.target, head.origin()).searchParams
  const plan = planPicture(await requireCard(catalog, given), await readableCards(catalog), given)
  if (!plan || plan.models.length === 0)
    throw new Problem('not-found', 'This view has no picture of its own at this address.')
  await rate.charge(COST)
  const body = encodePng(await service.queue.run(head.client, () => drawPlan(service, plan, given)))
  return {
    status: 200,
    keep: true,
    body,
    headers: {
      ...COMMON_HEADERS,
      'content-type': 'image/png',
      'content-length': String(body.length),
      etag: entityTag(body),
      'cache-control': `public, max-age=${MAX_AGE}`,
    },
  }
}
