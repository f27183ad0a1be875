import { CHOICES, FLAGS, NUMBERS, parseFlag, TEXTS } from '../options/attributes.ts'

/** Defines a property for each attribute that reads and writes it, as in HTML's own elements. */
export function reflectAttributes(element: { prototype: HTMLElement }): void {
  const define = <T>(name: string, parse: (text: string | null) => T, format = (value: T) => String(value)) =>
    Object.defineProperty(element.prototype, name, {
      enumerable: true,
      configurable: true,
      get(this: HTMLElement) {
        return parse(this.getAttribute(name))
      },
      set(this: HTMLElement, value: T | null | undefined) {
        if (value === null || value === undefined || value === false) this.removeAttribute(name)
        else this.setAttribute(name, format(value))
      },
    })
  for (const name of TEXTS) define(name, text => text ?? '')
  for (const name of FLAGS)
    define(
      name,
      text => parseFlag(text),
      () => '',
    )
  for (const [name, [, , initial]] of Object.entries(NUMBERS)) {
    define<number>(name, text => (text !== null && /^\s*\d+\s*$/.test(text) ? Number(text) : initial))
  }
  for (const [name, choices] of Object.entries(CHOICES)) define<string>(name, text => text ?? choices[0])
}

/** Applies properties that were set on the element before its class was registered. */
export function upgradeProperties(element: HTMLElement, names: readonly string[]): void {
  for (const name of names) {
    if (!Object.hasOwn(element, name)) continue
    const value = Reflect.get(element, name)
    Reflect.deleteProperty(element, name)
    Reflect.set(element, name, value)
  }
}
