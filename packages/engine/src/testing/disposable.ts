/** A backend for `using`: it is disposed with the test that made it. */
import type { Backend } from '../backend/backend.ts'

export function disposable(backend: Backend): { backend: Backend } & Disposable {
  return { backend, [Symbol.dispose]: () => backend.dispose() }
}
