import { useRef, useState } from 'react'
import type {
  ChangeDetail,
  ErrorDetail,
  LatentInterpolation,
  LatentInterpolationAttributes,
  ReadyDetail,
} from '../latent-interpolation.d.ts'

// Declares the element for JSX. React 19 sets its properties and listens for its events by their own names.
declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'latent-interpolation': LatentInterpolationAttributes &
        import('react').ClassAttributes<LatentInterpolation> &
        Omit<import('react').HTMLAttributes<LatentInterpolation>, keyof LatentInterpolationAttributes> & {
          onready?: (event: CustomEvent<ReadyDetail>) => void
          onchange?: (event: CustomEvent<ChangeDetail>) => void
          onerror?: (event: CustomEvent<ErrorDetail>) => void
        }
    }
  }
}

/** @param home the server with the models */
export function Digits({ home }: { home: string }) {
  const digits = useRef<LatentInterpolation>(null)
  const [to, setTo] = useState('class:8')
  const [t, setT] = useState<number>()
  return (
    <>
      <script type="module" async src={`${home}/embed/latent-interpolation.js`} />
      <latent-interpolation
        ref={digits}
        model="mnist-vae-l2-z2"
        from="class:3"
        to={to}
        controls
        onchange={event => setT(event.detail.t)}
      >
        <span slot="caption">A three becomes an eight.</span>
      </latent-interpolation>
      <label>
        To{' '}
        <select id="to" value={to} onChange={event => setTo(event.target.value)}>
          <option value="class:8">8</option>
          <option value="class:5">5</option>
        </select>
      </label>
      <button type="button" id="middle" onClick={() => digits.current?.seek(0.5)}>
        To the middle
      </button>
      <output id="place">{t?.toFixed(2)}</output>
    </>
  )
}
