/**
 * Draws from posteriors N(mu, diag(exp(logvar))) by the reparameterisation of Kingma and Welling (2014):
 * z = mu + exp(logvar/2)·eps, computed in float64 and stored as float32.
 *
 * @param mu,logvar [n·D_z]
 * @param eps standard normals, [draws·n·D_z]: as many draws of all n posteriors as it has room for
 * @returns [draws·n·D_z]
 */
export function drawPosterior(mu: Float32Array, logvar: Float32Array, eps: Float32Array): Float32Array {
  const { length } = mu
  return eps.map((e, i) => mu[i % length] + Math.exp(logvar[i % length] / 2) * e)
}
