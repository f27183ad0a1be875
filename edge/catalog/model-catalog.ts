import { type Card, Version } from '../../models/card.ts'
import { chooseDefaultModel } from '../../models/default-model.ts'
import { wrongValue } from '../http/problem.ts'
import type { CatalogEntry, Platform } from '../platform.ts'
import { type CanaryKey, chooseVersion, type VersionScope } from './choose-version.ts'
import { type Model, messageOf, storedModel, unavailable } from './model.ts'
import { readableModels } from './readable-models.ts'

/** The id that stands for the default model. */
export const DEFAULT_ID = 'default'

/** The models of a platform. */
export interface ModelCatalog {
  list(): Promise<readonly CatalogEntry[]>
  /** The id of the model that `default` stands for; undefined where there is no model. */
  defaultId(): Promise<string | undefined>
  /**
   * A model by `id` or `id@version`; the id `default` stands for another.
   *
   * @param key decides who gets a canary; without one, the stable version is found
   * @throws Problem unknown-model, unknown-version, or model-unavailable for one whose card cannot be read
   */
  find(name: string, key?: CanaryKey): Promise<{ model: Model; scope: VersionScope }>
}

/** The catalog of a platform's store. @param onChange called when the list has changed */
export function openCatalog(platform: Platform, onChange: () => void): ModelCatalog {
  const { store } = platform
  const bound = new WeakMap<Card, Model>()
  let last: readonly CatalogEntry[] | undefined
  async function list(): Promise<readonly CatalogEntry[]> {
    const entries = await store.list()
    if (entries !== last) onChange()
    last = entries
    return entries
  }
  async function defaultId(): Promise<string | undefined> {
    return platform.defaultModel ?? chooseDefaultModel(readableModels(await list()))?.id
  }
  function bind(card: Card): Model {
    let model = bound.get(card)
    if (!model) bound.set(card, (model = storedModel(card, platform)))
    return model
  }
  async function findPinned(
    id: string,
    version: string,
    entry: CatalogEntry & { card: Card },
  ): Promise<Model> {
    const listed = [entry.card, entry.canary?.card].find(card => card?.version === version)
    if (listed) return bind(listed)
    const stored = Version.safeParse(version).success ? store.cardOf?.(id, version) : undefined
    const card = await stored?.catch(error => {
      throw unavailable(id, `${version}: ${messageOf(error)}`, platform)
    })
    if (card) return bind(card)
    throw wrongValue('path', 'version', entry.card.version, version, 'unknown-version')
  }
  return {
    list,
    defaultId,
    async find(name, key) {
      const [given, version] = splitName(name)
      const id = given === DEFAULT_ID ? ((await defaultId()) ?? given) : given
      let entries = await list()
      if (await store.prepare?.(id)) entries = await list()
      const entry = entries.find(each => each.id === id)
      if (!entry) {
        const ids = entries.map(each => each.id).join(', ')
        throw wrongValue('path', 'model', `one of ${ids}`, id, 'unknown-model')
      }
      if (!entry.card) throw unavailable(id, entry.reason, platform)
      if (version !== undefined) return { model: await findPinned(id, version, entry), scope: 'pinned' }
      const { card, scope } = chooseVersion(entry, key)
      return { model: bind(card), scope }
    },
  }
}

function splitName(name: string): [id: string, version: string | undefined] {
  const at = name.indexOf('@')
  return at < 0 ? [name, undefined] : [name.slice(0, at), name.slice(at + 1)]
}
