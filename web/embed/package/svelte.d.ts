import type { HTMLAttributes } from 'svelte/elements'
import type {
  ChangeDetail,
  ErrorDetail,
  LatentInterpolation,
  LatentInterpolationAttributes,
  ReadyDetail,
} from '../latent-interpolation.d.ts'

declare module 'svelte/elements' {
  interface SvelteHTMLElements {
    'latent-interpolation': LatentInterpolationAttributes &
      Omit<
        HTMLAttributes<LatentInterpolation>,
        keyof LatentInterpolationAttributes | 'onchange' | 'onerror' | `on:${string}`
      > & {
        onready?: (event: CustomEvent<ReadyDetail>) => void
        onchange?: (event: CustomEvent<ChangeDetail>) => void
        onerror?: (event: CustomEvent<ErrorDetail>) => void
      }
  }
}
