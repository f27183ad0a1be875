import { html } from 'lit'

/** The logo and the site's name, for the link at the head of each page. */
export const brand = html`<svg viewBox="0 0 20 20" aria-hidden="true">
    <path d="M1 2.5 8 7v6l-7 4.5zM19 2.5 12 7v6l7 4.5z" />
  </svg>
  latent-edge`
