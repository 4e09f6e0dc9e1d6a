/**
 * What the GPUs of Apple's M line compute, in 32-bit operations a second, which is what their matrix products in 16 bits run at, too. Their memory does
 * not tell it: an M3 Pro computes more than an M1 Max for each byte it reads. Of other chips the bandwidth tells it as well, and it is null.
 */
import type { Backend, Device } from '../facts/types.ts'

export const COMPUTE_SOURCE: string =
  "cores x 256 operations x clock of Apple's GPUs, as remembered; gpuhunter.io has twice these for M3 Ultra, M4 Pro and M4 Max (16 bits)"

/** Billions of operations a second, of the largest GPU that a chip is sold with. */
const giga: Readonly<Record<string, number>> = {
  M1: 2600,
  'M1 Pro': 5200,
  'M1 Max': 10400,
  'M1 Ultra': 20800,
  M2: 3600,
  'M2 Pro': 6800,
  'M2 Max': 13600,
  'M2 Ultra': 27200,
  M3: 3600,
  'M3 Pro': 6400,
  'M3 Max': 14200,
  'M3 Ultra': 28400,
  M4: 4300,
  'M4 Pro': 8600,
  'M4 Max': 17000,
}

/** Operations a second; null where the bandwidth has to tell. */
export function peakOf(device: Pick<Device, 'chip'>, backend: Backend): number | null {
  const of = backend === 'gpu' && Object.hasOwn(giga, device.chip) ? giga[device.chip]! : null
  return of === null ? null : of * 1e9
}
