import type { PickedFile } from '../lab/picked-files.ts'
import type { CheckState, FormOptions } from './state.ts'

/** What a visitor can do on the page. */
export interface Actions {
  take(files: readonly PickedFile[]): void
  choose(model: string): void
  setOptions(options: Partial<FormOptions>): void
  setCheck(check: Partial<CheckState>): void
  check(): void
  cancel(): void
  clear(): void
}
