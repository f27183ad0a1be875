import { escapeHtml } from '../../models/html.ts'

/** A way to use the API, as a reader pastes it. */
interface Start {
  /** The heading. */
  title: string
  language: 'html' | 'js' | 'python'
  code: string
}

/** The first things a newcomer can paste: a picture, the element, a program. */
function starts(origin: string): Start[] {
  const model = `${origin}/v1/models/default`
  return [
    {
      title: 'A picture on a page',
      language: 'html',
      code: `<img src="${model}/sample?n=16&amp;seed=7&amp;scale=3" alt="Sixteen generated images">`,
    },
    {
      title: 'One image turning into another',
      language: 'html',
      code: `<script type="module" src="${origin}/embed/latent-interpolation.js"></script>
<latent-interpolation model="default" from="seed:1" to="seed:2" controls></latent-interpolation>`,
    },
    {
      title: 'JavaScript',
      language: 'js',
      code: `const response = await fetch('${model}/sample?seed=7&format=json')
const { z, xhat, shape } = await response.json()
console.log('latent', z[0], 'pixels', xhat[0].length, 'height and width', shape)`,
    },
    {
      title: 'Python',
      language: 'python',
      code: `import io, urllib.request
import numpy as np
answer = urllib.request.urlopen('${model}/sample?n=100&seed=7&format=npy')
images = np.load(io.BytesIO(answer.read()))
print(images.shape, images.min(), images.max())`,
    },
  ]
}

/** The documentation's first screen. */
export function startSection(origin: string): string {
  const blocks = starts(origin).map(
    ({ title, language, code }) =>
      `<figure><figcaption>${title}</figcaption><pre class="${language}"><code>${escapeHtml(code)}</code></pre></figure>`,
  )
  return `<div class="starts">${blocks.join('\n')}</div>`
}
