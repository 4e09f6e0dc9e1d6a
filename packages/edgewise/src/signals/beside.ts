/** A value and what it is held to, as people read them: with two places, and more where the two would look alike. */

const MOST_PLACES = 6

export function beside(value: number, threshold: number): readonly [value: string, threshold: string] {
  let places = 2
  const at = (number: number): string => number.toFixed(places)
  while (value !== threshold && places < MOST_PLACES && at(value) === at(threshold)) places++
  return [at(value), at(threshold)]
}
