import { openClient } from '../client/client.ts'
import { pickKinds, type RequestMix } from '../client/request-kind.ts'
import { type Target, targetMissing } from '../client/target.ts'
import { loadModelMix } from './model-mix.ts'
import { readScenario } from './scenario-file.ts'

/** The options that determine which requests are sent. */
export interface MixOptions {
  /** A scenario file; without it, the requests fit a model of the server. */
  scenario?: string
  /** The model's id; the server's first by default. */
  model?: string
  /** Names of the kinds to send, separated by commas; all by default. */
  only?: string
  timeout: number
  insecure: boolean
}

/**
 * Chooses the requests to send: those of a scenario file, or those that fit the server's model.
 *
 * @throws Error when neither a scenario nor a target is given, or a name in `only` is unknown
 */
export async function chooseMix(options: MixOptions, target: Target | undefined): Promise<RequestMix> {
  const mix = options.scenario ? await readScenario(options.scenario) : await mixOfServer(options, target)
  return options.only ? pickKinds(mix, options.only.split(',')) : mix
}

async function mixOfServer(options: MixOptions, target: Target | undefined): Promise<RequestMix> {
  if (!target) throw targetMissing()
  const client = openClient(target, options.timeout, options.insecure)
  try {
    return await loadModelMix(client, target.url.href, options.model)
  } finally {
    client.close()
  }
}
