/*
 * While uPlot loads, it passes navigator.language to Intl, which throws for the value of browsers started without a
 * locale ("en-US@posix"). Import this file before uPlot.
 */
try {
  new Intl.NumberFormat(navigator.language)
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en', configurable: true })
}
