/**
 * Seeded random numbers: xoshiro128** (Blackman and Vigna, 2018, public domain), its state filled from the seed by
 * splitmix32. The same seed gives the same numbers on every host. Not for secrets.
 */

/** A function giving numbers in [0, 1) in steps of 2^-32. `seed` is any integer; its low 32 bits count. */
export function seededRandom(seed: number): () => number {
  let fill = seed >>> 0
  const splitmix = (): number => {
    fill = (fill + 0x9e3779b9) | 0
    let z = Math.imul(fill ^ (fill >>> 16), 0x21f0aaad)
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
    return z ^ (z >>> 15)
  }
  let a = splitmix()
  let b = splitmix()
  let c = splitmix()
  let d = splitmix()
  return () => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9)
    const t = b << 9
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= t
    d = rotate(d, 11)
    return (result >>> 0) / 2 ** 32
  }
}

function rotate(x: number, by: number): number {
  return (x << by) | (x >>> (32 - by))
}
