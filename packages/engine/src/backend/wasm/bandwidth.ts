/**
 * The read bandwidth one thread gets from memory through WebAssembly: the roof under which decoding stays, since each
 * token reads every weight once. A kernel sums vectors over eight far streams of a buffer larger than the caches.
 */
import { BadOptionError } from '../../errors.ts'
import {
  extractLane,
  increase,
  instantiate,
  type Kernel,
  load,
  ModuleBuilder,
  op,
  repeat,
} from './assembler.ts'
import { detectDot } from './features.ts'
import { acrossLanes, zero } from './kernels/simd.ts'
import { LinearMemory } from './memory.ts'

export interface BandwidthOptions {
  /** Size of the buffer in bytes, at least 1 MiB; 256 MiB unless given. Smaller than a cache measures that cache. */
  readonly bytes?: number
  /** Passes timed; the median counts. 7 unless given. */
  readonly passes?: number
}

export interface Bandwidth {
  /** 10^9 bytes read a second. */
  readonly gbPerSecond: number
}

const STREAMS = 8
/** Bytes of a stream that a turn reads. */
export const TURN_BYTES: number = 64

/** Takes `passes` + 1 reads of the buffer. Throws BackendUnavailableError, OutOfMemoryError, BadOptionError. */
export function measureReadBandwidth({ bytes = 2 ** 28, passes = 7 }: BandwidthOptions = {}): Bandwidth {
  if (!(bytes >= 2 ** 20))
    throw new BadOptionError(`a buffer of ${bytes} bytes says nothing: give at least 1 MiB`)
  if (!(passes >= 1)) throw new BadOptionError(`${passes} passes measure nothing: give at least 1`)
  detectDot(false)
  const turns = Math.floor(bytes / (STREAMS * TURN_BYTES))
  const memory = new LinearMemory()
  const buffer = memory.allocate(turns * STREAMS * TURN_BYTES)
  // Pages never written may all stand for one page of zeros, which would measure a cache.
  new Uint8Array(memory.memory.buffer, buffer, turns * STREAMS * TURN_BYTES).fill(1)
  const { sum } = instantiate<'sum'>(readModule(), memory.memory)
  warmUp(sum, buffer)
  const seconds = Array.from({ length: passes }, () => {
    const begin = performance.now()
    sum(buffer, turns)
    return (performance.now() - begin) / 1000
  }).sort((a, b) => a - b)
  return { gbPerSecond: (turns * STREAMS * TURN_BYTES) / seconds[Math.floor(passes / 2)]! / 1e9 }
}

/** Runs a small part until the host has compiled the kernel for speed. */
function warmUp(sum: Kernel, buffer: number): void {
  for (const end = performance.now() + 20; performance.now() < end; ) sum(buffer, 64)
}

/** sum(buffer, turns): the sum of all 32-bit numbers; `streams` stretches of turns * TURN_BYTES bytes each, far from one another. */
export function readModule(streams: number = STREAMS): ModuleBuilder {
  return new ModuleBuilder().func(
    'sum',
    ['i32', 'i32'],
    (f, buffer, turns) => {
      const pointers = [buffer, ...f.locals('i32', streams - 1)]
      const [length, total, t] = [f.local('i32'), f.local('v128'), f.local('v128')]
      const sums = f.locals('v128', streams)
      return [
        length.set(op('i32.mul', turns, TURN_BYTES)),
        pointers.slice(1).map((p, i) => p.set(op('i32.add', pointers[i]!, length))),
        repeat(
          turns,
          [0, 16, 32, 48].map((at) =>
            sums.map((s, i) => s.set(op('i32x4.add', s, load('v128.load', pointers[i]!, at)))),
          ),
          pointers.map((p) => increase(p, TURN_BYTES)),
        ),
        total.set(zero),
        sums.map((s) => total.set(op('i32x4.add', total, s))),
        extractLane('i32x4.extract_lane', acrossLanes('i32x4.add', total, t), 0),
      ]
    },
    'i32',
  )
}
