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
      /** React 19 listens to an event of a custom element by its name after "on". */
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
