/** Stop when the off-diagonal mass, relative to the whole, is below this: the diagonal then holds the eigenvalues. */
const CONVERGED = 1e-14
const MOST_SWEEPS = 60

/**
 * The eigenvalues of a symmetric matrix by Jacobi's cyclic method (Golub & Van Loan, Matrix Computations, §8.5). Each
 * rotation zeroes one pair of off-diagonal elements; the sum of their squares converges quadratically.
 *
 * @param matrix symmetric, [n, n]; only its lower triangle is read
 * @returns n numbers, ascending
 * @throws Error when an element is not finite
 */
export function symmetricEigenvalues(matrix: readonly ArrayLike<number>[]): number[] {
  const n = matrix.length
  const a = matrix.map((_, i) =>
    Float64Array.from({ length: n }, (_, j) => (j <= i ? matrix[i][j] : matrix[j][i])),
  )
  const whole = a.reduce((total, row) => total + row.reduce((sum, value) => sum + value * value, 0), 0)
  if (!Number.isFinite(whole)) throw new Error('symmetricEigenvalues: expected finite numbers')
  for (let sweep = 0; sweep < MOST_SWEEPS && offDiagonal(a) > CONVERGED ** 2 * whole; sweep++) {
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) rotate(a, p, q)
  }
  return a.map((row, i) => row[i]).sort((x, y) => x - y)
}

function offDiagonal(a: readonly Float64Array[]): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) for (let j = 0; j < i; j++) sum += 2 * a[i][j] * a[i][j]
  return sum
}

/** Replaces a by JᵀaJ with the rotation J in the plane of p and q that makes a[p][q] zero. */
function rotate(a: readonly Float64Array[], p: number, q: number): void {
  if (a[p][q] === 0) return
  const tau = (a[q][q] - a[p][p]) / (2 * a[p][q])
  const t = Math.sign(tau || 1) / (Math.abs(tau) + Math.sqrt(1 + tau * tau))
  const c = 1 / Math.sqrt(1 + t * t)
  const s = t * c
  for (let k = 0; k < a.length; k++) {
    const [left, right] = [a[k][p], a[k][q]]
    a[k][p] = c * left - s * right
    a[k][q] = s * left + c * right
  }
  const [upper, lower] = [a[p], a[q]]
  for (let k = 0; k < a.length; k++) {
    const [left, right] = [upper[k], lower[k]]
    upper[k] = c * left - s * right
    lower[k] = s * left + c * right
  }
}
