/*
 * uPlot makes a number format of navigator.language while it loads, and browsers started without a locale give one
 * that Intl refuses ("en-US@posix"). To be imported before it.
 */
try {
  new Intl.NumberFormat(navigator.language)
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en', configurable: true })
}
