import { FLAGS, NUMBERS, readFlag, TEXTS, WORDS } from './attributes.ts'

/** Gives a class properties that are its attributes, as HTML's own elements have them. */
export function reflectAttributes(element: typeof HTMLElement): void {
  const define = <T>(name: string, read: (text: string | null) => T, print = (value: T) => String(value)) =>
    Object.defineProperty(element.prototype, name, {
      enumerable: true,
      configurable: true,
      get(this: HTMLElement) {
        return read(this.getAttribute(name))
      },
      set(this: HTMLElement, value: T | null | undefined) {
        if (value === null || value === undefined || value === false) this.removeAttribute(name)
        else this.setAttribute(name, print(value))
      },
    })
  for (const name of TEXTS) define(name, text => text ?? '')
  for (const name of FLAGS)
    define(
      name,
      text => readFlag(name, () => text),
      () => '',
    )
  for (const [name, [, , initial]] of Object.entries(NUMBERS)) {
    define<number>(name, text => (text !== null && /^\s*\d+\s*$/.test(text) ? Number(text) : initial))
  }
  for (const [name, words] of Object.entries(WORDS)) define<string>(name, text => text ?? words[0])
}

/** Takes over properties that were set on an element before its class was there. */
export function upgradeProperties(element: HTMLElement, names: readonly string[]): void {
  for (const name of names) {
    if (!Object.hasOwn(element, name)) continue
    const value = Reflect.get(element, name)
    Reflect.deleteProperty(element, name)
    Reflect.set(element, name, value)
  }
}
