/** A page in a browser other than Chromium, with the functions that the tests need. */
export interface OtherPage {
  goto(url: string): Promise<void>
  /** Evaluates an expression in the page; a promise is awaited. The value must be JSON. */
  evaluate<T>(expression: string): Promise<T>
  /** Resizes the window's content. @param width,height in CSS pixels */
  resize(width: number, height: number): Promise<void>
  /** Moves the mouse through the points [x, y] with the button down, `milliseconds` apart. */
  drag(points: readonly (readonly [number, number])[], milliseconds: number): Promise<void>
  /** A PNG of the visible page. */
  screenshot(): Promise<Uint8Array>
  close(): Promise<void>
}
