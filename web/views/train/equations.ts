import { html, type TemplateResult } from 'lit'

/** The equation in which each of the form's controls appears. */
const EQUATIONS = {
  kind: html`AE: z = encoder(x). &emsp; VAE: z = mu + exp(logvar / 2) · ε, &emsp; ε ~ 𝒩(0, I)`,
  conditional: html`mu, logvar = encoder(x, y), &emsp; x̂ = decoder(z, y), &emsp; y = 1 at the class`,
  layers: html`h<sub>i</sub> = max(0, W<sub>i</sub> h<sub>i−1</sub> + b<sub>i</sub>), &emsp; i = 1 … n`,
  widths: html`D<sub>i</sub> = D<sub>x</sub> − ⌊(D<sub>x</sub> − D<sub>z</sub>) · i / n⌋, unless widths are given`,
  latent: html`z ∈ ℝ<sup>D<sub>z</sub></sup>`,
  loss: html`BCE: −Σ x log x̂ + (1 − x) log(1 − x̂). &emsp; MSE: Σ (x − x̂)². &emsp; L1: Σ |x − x̂|. Sums over pixels.`,
  beta: html`loss = reconstruction + β · KL(q(z | x) ‖ p(z))`,
  warmup: html`β<sub>t</sub> = β · min(1, t / warm-up)`,
  prior: html`p(z) = 𝒩(m, s² I), &emsp; KL = ½ Σ (log s² − logvar + (exp(logvar) + (mu − m)²) / s² − 1)`,
  epochs: html`rate<sub>t</sub> = rate · (1 + cos(π t / T)) / 2, &emsp; T = all steps`,
  rate: html`Adam: θ ← θ − rate · m̂ / (√v̂ + 10<sup>−8</sup>)`,
  batch: html`gradient = mean over the images of a step of ∇ loss(x)`,
  seed: html`initial weights, the order of images and ε are functions of the seed`,
} as const satisfies Record<string, TemplateResult>

/** A control's equation, folded. */
export function equation(of: keyof typeof EQUATIONS): TemplateResult {
  return html`<details class="train-equation">
    <summary>equation</summary>
    <p class="equation">${EQUATIONS[of]}</p>
  </details>`
}
