/**
 * The kernels for the usual types of weights, as the engine chose them on this machine, with their speed: one token times
 * matrices of more bytes than most caches hold, one thread, beside reading as much in the same rounds.
 */
import {
  byteLength,
  createWasmBackend,
  type KernelChoice,
  measureReadBandwidth,
  type TensorType,
  tensorTypes,
  type Weight,
} from '@edgewise/engine'

export interface ExaminedKernel extends KernelChoice {
  /** 10^9 bytes of weights a second, median. */
  readonly gbPerSecond: number
  /** Of reading alone. */
  readonly shareOfReading: number
}

const types: readonly TensorType[] = ['q4_0', 'q5_0', 'q8_0', 'q4_k', 'q6_k', 'f16']
const cols = 2048
const rows = 1024
/** Bytes of the matrices of a type. */
const bytes = 64e6
const rounds = 7

export async function examineKernels(): Promise<ExaminedKernel[]> {
  const examined: ExaminedKernel[] = []
  for (const type of types) examined.push(await examine(type))
  return examined
}

async function examine(type: TensorType): Promise<ExaminedKernel> {
  // A backend for each, as the engine gives every model a bounded time to choose.
  const backend = await createWasmBackend({ threads: 1 })
  try {
    const size = byteLength(type, rows * cols)
    // Any weights will do, if none of their scales is a subnormal number, which some processors are slow with.
    const content = new Uint8Array(size).fill(0x3c)
    const weights = Array.from({ length: Math.ceil(bytes / size) }, (): Weight => {
      const weight = backend.weight(type, rows, cols)
      weight.write(0, content)
      return weight
    })
    await backend.tune(weights)
    const [x, out] = [backend.floats(cols), backend.floats(rows)]
    const pass = (): number => {
      const begin = performance.now()
      for (const weight of weights) backend.matmul(out, weight, x, 1)
      return (weights.length * size) / (performance.now() - begin) / 1e6
    }
    // Until the host has compiled everything for speed.
    for (const end = performance.now() + 50; performance.now() < end; ) pass()
    const speeds: number[] = []
    const shares: number[] = []
    for (let round = 0; round < rounds; round++) {
      const speed = pass()
      speeds.push(speed)
      shares.push(speed / measureReadBandwidth({ bytes, passes: 1 }).gbPerSecond)
    }
    return { ...backend.kernels()[0]!, gbPerSecond: median(speeds), shareOfReading: median(shares) }
  } finally {
    backend.dispose()
  }
}

function median(numbers: number[]): number {
  return numbers.sort((a, b) => a - b)[numbers.length >> 1]!
}

function kernelName(type: TensorType, dot: string | undefined): string {
  if (dot === undefined) return 'plain TypeScript'
  return tensorTypes[type].block === 1 ? 'floats' : dot
}

/** As a table, for people. */
export function kernelTable(kernels: readonly ExaminedKernel[]): string {
  const head = ['weights', 'cols', 'kernel', 'GB/s', 'of reading', 'proven on']
  const lines = kernels.map(({ type, cols, dot, gbPerSecond, shareOfReading, provenRows, wrong }) => [
    type,
    String(cols),
    kernelName(type, dot),
    gbPerSecond.toFixed(1),
    `${(100 * shareOfReading).toFixed(0)} %`,
    `${provenRows} rows${wrong.length > 0 ? `; wrong: ${wrong.join('; ')}` : ''}`,
  ])
  const widths = head.map((_, i) => Math.max(...[head, ...lines].map((line) => line[i]!.length)))
  const isNumber = (i: number): boolean => i === 1 || i === 3 || i === 4
  const row = (line: readonly string[]): string =>
    line
      .map((cell, i) => (isNumber(i) ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join('  ')
      .trimEnd()
  return [head, ...lines].map(row).join('\n')
}
