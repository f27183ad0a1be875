/** Data sets of the paper, by their names in models' ids. */
export type PaperData = 'mnist' | 'fashion' | 'frey'

/** The models of the paper's figures on the latent size: one layer, and 2, 8 and 64 numbers; AEs before VAEs. */
export function latentSizeModels(data: PaperData): string[] {
  const loss = data === 'frey' ? '-mse' : ''
  return ['ae', 'vae'].flatMap(kind => [2, 8, 64].map(size => `${data}-${kind}-l1-z${size}${loss}`))
}
