/** Memory from the host, or the typed error when it has none. */
import { OutOfMemoryError } from '../../errors.ts'

/** What `make` gives, which takes about `bytes` bytes. Throws OutOfMemoryError. */
export function allocate<T>(make: () => T, bytes: number): T {
  try {
    return make()
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause
    throw new OutOfMemoryError(`${bytes} bytes were refused by the host: use a smaller model or context`, {
      cause,
    })
  }
}
