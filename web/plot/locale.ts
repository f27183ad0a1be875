/*
 * uPlot passes navigator.language to Intl while it loads, and Intl throws for the value that browsers without a locale
 * give ("en-US@posix"). Import this file before uPlot.
 */
try {
  new Intl.NumberFormat(navigator.language)
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en', configurable: true })
}
