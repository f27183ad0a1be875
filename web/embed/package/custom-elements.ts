import {
  ATTRIBUTE_DOCS,
  CUSTOM_PROPERTY_DOCS,
  EVENT_DOCS,
  METHOD_DOCS,
  PART_NAMES,
  SLOT_DOCS,
} from '../options/documentation.ts'

const toNamedDocs = (docs: Record<string, string>) =>
  Object.entries(docs).map(([name, description]) => ({ name, description }))

const METHOD_TYPES: Record<keyof typeof METHOD_DOCS, { parameters: object[]; returns: string }> = {
  play: { parameters: [], returns: 'void' },
  pause: { parameters: [], returns: 'void' },
  seek: {
    parameters: [
      { name: 't', type: { text: 'number' } },
      { name: 'u', type: { text: 'number' }, optional: true },
    ],
    returns: 'void',
  },
  toBlob: {
    parameters: [
      {
        name: 'options',
        type: { text: '{ type?: string; scale?: number; quality?: number }' },
        optional: true,
      },
    ],
    returns: 'Promise<Blob | null>',
  },
}

const EVENT_TYPES: Record<keyof typeof EVENT_DOCS, string> = {
  ready: 'CustomEvent<ReadyDetail>',
  change: 'CustomEvent<ChangeDetail>',
  error: 'CustomEvent<ErrorDetail>',
}

/**
 * The element's Custom Elements Manifest, schema 2.1.0.
 *
 * @param module path of the module that registers the element, in the package
 */
export function customElementsManifest(module: string): object {
  const fields = [
    ...ATTRIBUTE_DOCS.map(({ name, description, type }) => ({
      kind: 'field',
      name,
      attribute: name,
      reflects: true,
      type: { text: type },
      description,
    })),
    { kind: 'field', name: 't', type: { text: 'number' }, description: 'Position along the path, 0 to 1.' },
    { kind: 'field', name: 'u', type: { text: 'number' }, description: 'Position down a square, 0 to 1.' },
    {
      kind: 'field',
      name: 'playing',
      readonly: true,
      type: { text: 'boolean' },
      description: 'Whether it plays.',
    },
    {
      kind: 'field',
      name: 'decoding',
      readonly: true,
      type: { text: "'edge' | 'local' | undefined" },
      description: 'Where the frames shown were decoded.',
    },
  ]
  const methods = Object.entries(METHOD_DOCS).map(([name, description]) => {
    const { parameters, returns } = METHOD_TYPES[name as keyof typeof METHOD_DOCS]
    return { kind: 'method', name, description, parameters, return: { type: { text: returns } } }
  })
  const declaration = {
    kind: 'class',
    name: 'LatentInterpolation',
    customElement: true,
    tagName: 'latent-interpolation',
    description: 'One image turning into another, along a path through the latent space of a model.',
    superclass: { name: 'HTMLElement' },
    attributes: ATTRIBUTE_DOCS.map(({ name, description, type, initial }) => ({
      name,
      description,
      type: { text: type },
      ...(initial && { default: initial }),
      fieldName: name,
    })),
    members: [...fields, ...methods],
    events: toNamedDocs(EVENT_DOCS).map(event => ({
      ...event,
      type: { text: EVENT_TYPES[event.name as keyof typeof EVENT_DOCS] },
    })),
    slots: toNamedDocs(SLOT_DOCS),
    cssParts: PART_NAMES.map(name => ({ name })),
    cssProperties: toNamedDocs(CUSTOM_PROPERTY_DOCS),
  }
  const reference = { name: 'LatentInterpolation', module }
  return {
    schemaVersion: '2.1.0',
    modules: [
      {
        kind: 'javascript-module',
        path: module,
        declarations: [declaration],
        exports: [
          { kind: 'js', name: 'LatentInterpolation', declaration: reference },
          { kind: 'custom-element-definition', name: 'latent-interpolation', declaration: reference },
        ],
      },
    ],
  }
}
