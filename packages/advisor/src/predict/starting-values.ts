/**
 * Starting values: what runtimes come to on classes of devices of which the table of measurements has none. Shares of the bandwidth after
 * the overhead, as published measurements of devices that are not in the table gave them. One value counts as one device, and none is used
 * where the table has a device; nor is any in the tests on devices that the fit has not seen. Of prompts on phones there are so few rows that
 * two more devices count in any case.
 */
import type { Backend, DeviceClass } from '../facts/types.ts'
import type { Observed } from './effects.ts'
import { laws, levelsOf, OPERATIONS_A_BYTE, overheadOf, START_SECONDS, WEIGHTS_SHARE } from './laws.ts'
import type { Traits } from './traits.ts'

interface StartingValue {
  readonly runtime: string
  readonly backend: Backend
  readonly class: DeviceClass
  readonly share: number
  readonly source: string
}

export const startingValues: readonly StartingValue[] = [
  {
    runtime: 'genieqnn',
    backend: 'npu',
    class: 'laptop',
    share: 0.27,
    source: 'github.com/qualcomm/ai-hub-models, perf.yaml, Snapdragon X Elite and X2 Elite',
  },
  {
    runtime: 'mlx',
    backend: 'gpu',
    class: 'phone',
    share: 0.78,
    source: 'github.com/john-rocky/apple-silicon-llm-bench, iPhone',
  },
  {
    runtime: 'coreai',
    backend: 'npu',
    class: 'phone',
    share: 0.81,
    source: 'github.com/john-rocky/apple-silicon-llm-bench, iPhone',
  },
  {
    runtime: 'llamacpp',
    backend: 'cpu',
    class: 'sbc',
    share: 0.56,
    source: 'github.com/geerlingguy/ai-benchmarks, Raspberry Pi and others, llama.cpp and Ollama',
  },
]

/** As if 28 layers and 2 GB had been read at 100 GB/s, with what only runtime and class say. */
export function startingCase({ runtime, backend, class: kind, share }: StartingValue): Observed {
  const traits: Traits = {
    device: `start:${runtime}/${kind}`,
    class: kind,
    line: 'start',
    runtime,
    backend,
    family: 'other',
    width: '4',
  }
  const perWeight = 2e9 / 100e9
  const overhead = 28 * overheadOf(traits).microseconds * 1e-6
  const generic = new Set([traits.class, traits.backend, 'all', overheadOf(traits).kind])
  return {
    parts: [perWeight / WEIGHTS_SHARE, 0, overhead],
    levels: levelsOf('decode', traits).map((level) =>
      level !== null && (generic.has(level) || level.startsWith(`${runtime}/`) || level.startsWith('start:'))
        ? level
        : null,
    ),
    seconds: perWeight / share + overhead,
  }
}

interface StartingPrompt {
  readonly runtime: string
  readonly backend: Backend
  readonly class: DeviceClass
  readonly bandwidthGBs: number
  /** Operations a second, in units of 1e12. */
  readonly tera: number
  readonly source: string
}

const POCKETPAL = 'github.com/a-ghorbani/pocketpal-ai, pull request 702, Snapdragon 8 Elite Gen 5'

export const startingPrompts: readonly StartingPrompt[] = [
  {
    runtime: 'llamacpp',
    backend: 'gpu',
    class: 'phone',
    bandwidthGBs: 84.8,
    tera: 1.1,
    source: POCKETPAL,
  },
  {
    runtime: 'llamacpp',
    backend: 'cpu',
    class: 'phone',
    bandwidthGBs: 84.8,
    tera: 0.19,
    source: POCKETPAL,
  },
]

/** What only the device, its line (laptops are of it, too) or the model says is left open. */
const open: ReadonlySet<string> = new Set([
  'device',
  'device and runtime',
  'line of chips',
  'line and runtime',
  'width and runtime',
  'family and runtime',
  'start',
])

/** As if a prompt of 1e12 operations had been read. */
export function startingPromptCase({ bandwidthGBs, tera, ...chip }: StartingPrompt): Observed {
  const traits: Traits = { ...chip, device: '', line: '', family: 'other', width: '4' }
  const levels = levelsOf('prefill', traits)
  return {
    parts: [1e12 / (bandwidthGBs * 1e9 * OPERATIONS_A_BYTE), 0, START_SECONDS],
    levels: laws.prefill.map(({ name }, i) => (open.has(name) ? null : levels[i]!)),
    seconds: 1 / tera,
  }
}
