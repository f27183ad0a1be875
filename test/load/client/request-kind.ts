/** Conditions on a reply's body. Strings are Latin-1. */
export interface BodyCheck {
  begins?: string
  ends?: string
  /** Occurs in the first 65,536 bytes. */
  has?: string
  /** Exactly this many bytes. */
  bytes?: number
  /** At least this many bytes. */
  least?: number
}

/** How a placeholder's value is drawn for each request. Bounds are inclusive. */
export type Draw =
  | { integer: readonly [number, number] }
  | { number: readonly [number, number]; decimals?: number }
  | { choice: readonly string[] }

/** One kind of request. `{name}` in the path, in a header or in a text body is a placeholder. */
export interface RequestKind {
  name: string
  /** How often it is sent, relative to the other kinds. */
  weight: number
  method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Path and query under the target's root. */
  path: string
  headers?: Readonly<Record<string, string>>
  /** Text, or bytes that are sent as they are. */
  body?: string | Buffer
  /** Without `type`, any content type is accepted. */
  expect: { status: number; type?: string; body: BodyCheck }
}

/** Kinds of requests with the values of their placeholders. */
export interface RequestMix {
  /** The scenario's name, or the model's id. */
  name: string
  kinds: readonly RequestKind[]
  values: Readonly<Record<string, Draw>>
}

/**
 * The named kinds of a mix.
 *
 * @throws RangeError for a name that the mix does not have
 */
export function pickKinds(mix: RequestMix, names: readonly string[]): RequestMix {
  const kinds = names.map(name => {
    const kind = mix.kinds.find(each => each.name === name)
    if (kind) return kind
    throw new RangeError(
      `--only: expected some of ${mix.kinds.map(each => each.name).join(', ')}; got ${name}`,
    )
  })
  return { ...mix, kinds }
}
