import type { EmitFn, HTMLAttributes, PublicProps } from 'vue'
import type {
  ChangeDetail,
  ErrorDetail,
  LatentInterpolationAttributes,
  ReadyDetail,
} from '../latent-interpolation.d.ts'

type Events = {
  ready: (event: CustomEvent<ReadyDetail>) => void
  change: (event: CustomEvent<ChangeDetail>) => void
  error: (event: CustomEvent<ErrorDetail>) => void
}

declare module 'vue' {
  interface GlobalComponents {
    'latent-interpolation': new () => {
      $props: LatentInterpolationAttributes &
        Omit<HTMLAttributes, keyof LatentInterpolationAttributes | 'onChange' | 'onError'> &
        PublicProps & {
          onReady?: Events['ready']
          onChange?: Events['change']
          onError?: Events['error']
        }
      $emit: EmitFn<Events>
    }
  }
}
