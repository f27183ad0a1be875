import type { ClassAttributes, HTMLAttributes } from 'react'
import type {
  ChangeDetail,
  ErrorDetail,
  LatentInterpolation,
  LatentInterpolationAttributes,
  ReadyDetail,
} from '../latent-interpolation.d.ts'

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      /** In React 19 the prop of a custom element's event is "on" followed by the event's name. */
      'latent-interpolation': LatentInterpolationAttributes &
        ClassAttributes<LatentInterpolation> &
        Omit<
          HTMLAttributes<LatentInterpolation>,
          keyof LatentInterpolationAttributes | 'onChange' | 'onError'
        > & {
          class?: string
          onready?: (event: CustomEvent<ReadyDetail>) => void
          onchange?: (event: CustomEvent<ChangeDetail>) => void
          onerror?: (event: CustomEvent<ErrorDetail>) => void
        }
    }
  }
}
