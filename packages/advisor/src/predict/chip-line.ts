/**
 * The line of chips a device's chip is of: what its memory's speed comes to is more alike within a line than between lines. Read from
 * the chip's name as the facts have it; a chip of no known line has a line of its own maker, or `other`.
 */
import type { Device } from '../facts/types.ts'

/**
 * In this order; the first that matches. NVIDIA's by generation, as the letters of the die say; the GTX cards have no tensor cores, and
 * those with HBM have more bandwidth than one answer asks for (an H100 PCIe reads Llama 3.1 8B Q4_K_M at 0.36 of it, an L40S at 0.65). The
 * Max and Ultra of Apple's first two generations stand apart: twice to eight times the bandwidth of an M1 with cores that are no faster,
 * so that 4-bit weights are unpacked slower than they arrive (llama.cpp, Llama 3 8B: 0.41 to 0.46 of the bandwidth in Q4_K_M, 0.70 in F16).
 */
const lines: readonly (readonly [RegExp, string])[] = [
  [/^A\d\d/, 'apple-a'],
  [/^M[12] (Max|Ultra)/, 'apple-m-wide'],
  [/^M\d/, 'apple-m'],
  [/^(GA100|GH|GB100)/, 'nvidia-hbm'],
  [/^(GP|TU116|TU117)/, 'nvidia-gtx'],
  [/^TU/, 'nvidia-turing'],
  [/^GA/, 'nvidia-ampere'],
  [/^AD/, 'nvidia-ada'],
  [/^GB/, 'nvidia-blackwell'],
  [/Orin/, 'nvidia-orin'],
  [/Navi|Strix|Krackan|Van Gogh|Ryzen/, 'amd'],
  [/Lake|^Intel|Arc/, 'intel'],
  [/Snapdragon|^X\d?E|SC8/, 'qualcomm'],
  [/Tensor/, 'google'],
]

/** `other` where nothing is known of its like. */
export function lineOf(device: Pick<Device, 'chip'>): string {
  return lines.find(([name]) => name.test(device.chip))?.[1] ?? 'other'
}
