/** Where things that were read from a file stand in it, so that whoever refuses one later can name the byte. */
import { BadGgufError } from '../errors.ts'

/** Bytes from the file's start to a value's type, to a tensor's entry, or to the end of a list. */
const places = new WeakMap<object, number>()

export function setPlace(read: object, offset: number): void {
  places.set(read, offset)
}

/** The refusal of something that was read; without a place when it did not come from a file. */
export function badAt(read: object, problem: string): BadGgufError {
  const offset = places.get(read)
  if (offset === undefined) return new BadGgufError(problem)
  return new BadGgufError(`${problem} (at byte ${offset})`, { offset })
}
