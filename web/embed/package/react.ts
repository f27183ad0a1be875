import {
  type CSSProperties,
  createElement,
  type ReactElement,
  type ReactNode,
  type Ref,
  useEffect,
  useImperativeHandle,
  useRef,
} from 'react'
import type {
  ChangeDetail,
  ErrorDetail,
  LatentInterpolationAttributes,
  LatentInterpolation as LatentInterpolationElement,
  ReadyDetail,
} from '../latent-interpolation.d.ts'

/** Props of the component: the element's attributes and events, and the props of every HTML element. */
export interface LatentInterpolationProps extends LatentInterpolationAttributes {
  autoplay?: boolean
  loop?: boolean
  controls?: boolean
  onReady?: (event: CustomEvent<ReadyDetail>) => void
  onChange?: (event: CustomEvent<ChangeDetail>) => void
  onError?: (event: CustomEvent<ErrorDetail>) => void
  ref?: Ref<LatentInterpolationElement>
  id?: string
  className?: string
  style?: CSSProperties
  /** Content for the slots, marked `slot="caption"` or `slot="fallback"`. */
  children?: ReactNode
}

/**
 * `<latent-interpolation>` as a component of React 19. It can be rendered on a server; the element starts in the
 * browser, once its script runs.
 */
export function LatentInterpolation(props: LatentInterpolationProps): ReactElement {
  const { onReady, onChange, onError, className, ref, ...attributes } = props
  const element = useRef<LatentInterpolationElement>(null)
  useImperativeHandle(ref, () => element.current as LatentInterpolationElement, [])
  // React adds listeners for a custom element's events when it creates the element, but not when it hydrates one.
  useEffect(() => listen(element.current, 'ready', onReady), [onReady])
  useEffect(() => listen(element.current, 'change', onChange), [onChange])
  useEffect(() => listen(element.current, 'error', onError), [onError])
  return createElement('latent-interpolation', { ...attributes, class: className, ref: element })
}

function listen<D>(
  element: HTMLElement | null,
  type: string,
  listener: ((event: CustomEvent<D>) => void) | undefined,
): (() => void) | undefined {
  if (!element || !listener) return undefined
  element.addEventListener(type, listener as EventListener)
  return () => element.removeEventListener(type, listener as EventListener)
}
