/** What calls of a task did, counted as they pass, in constant memory: beside the figures that a report has already. */
import { BlockSums, clopperPearson, LogHistogram, type Receipt } from '@edgewise/evidence'
import type { UseCase } from '../use-case/types.ts'
import type { Happened } from './types.ts'

const CONFIDENCE = 0.95

export class Seen {
  readonly #latency: UseCase['latency']
  readonly #byPlace = { device: new LogHistogram(), cloud: new LogHistogram() }
  readonly #cloudFirst = new LogHistogram()
  /** Columns: prompt tokens, output tokens, 1; of calls that say both. */
  readonly #tokens = new BlockSums(3)
  /** Columns: dollars, 1; of calls whose cost is known. */
  readonly #usd = new BlockSums(2)
  #calls = 0
  #inTime = 0
  #stayed = 0
  #begunOnDevice = 0
  #escalated = 0
  #first: number | null = null
  #last: number | null = null

  constructor(latency: UseCase['latency']) {
    this.#latency = latency
  }

  /** Calls without an answer, and answers of an earlier call, are not counted: a verdict says nothing of them. */
  add(receipt: Receipt): void {
    const { place, error, cache, attempts, inputTokens, outputTokens, costUsd } = receipt
    if (place === null || error !== null || cache !== null) return
    this.#calls += 1
    const at = Date.parse(receipt.at)
    if (Number.isFinite(at)) {
      this.#first = Math.min(at, this.#first ?? at)
      this.#last = Math.max(at, this.#last ?? at)
    }
    const isFirst = this.#latency.of === 'first-token'
    const ms = isFirst ? receipt.firstTokenMs : receipt.totalMs
    if (ms !== null && ms <= this.#latency.targetMs) this.#inTime += 1
    if (receipt.bytesOut === 0) this.#stayed += 1
    if (attempts.some((attempt) => attempt.place === 'device')) {
      this.#begunOnDevice += 1
      if (place === 'cloud') this.#escalated += 1
    }
    // A model's own time is that of its attempt: what came before it is another place's.
    const answered = attempts.find(({ outcome }) => outcome === 'answered')
    if (answered !== undefined) {
      this.#byPlace[answered.place].add((isFirst ? answered.firstOutputMs : answered.ms) ?? Number.NaN)
      if (answered.place === 'cloud') this.#cloudFirst.add(answered.firstOutputMs ?? Number.NaN)
    }
    if (inputTokens !== null && outputTokens !== null) this.#tokens.add([inputTokens, outputTokens, 1])
    if (costUsd !== null) this.#usd.add([costUsd, 1])
  }

  get calls(): number {
    return this.#calls
  }

  /** Share of calls that came in time. */
  get inTime(): Happened | null {
    return share(this.#inTime, this.#calls)
  }

  get stayed(): Happened | null {
    return share(this.#stayed, this.#calls)
  }

  /** Of the calls that the device began. */
  get escalated(): Happened | null {
    return share(this.#escalated, this.#begunOnDevice)
  }

  /** The latency that `of` of a place's answers do not exceed. */
  latency(place: 'device' | 'cloud', of: number): Happened | null {
    return quantile(this.#byPlace[place], of)
  }

  /** Of the cloud's answers, to the first word. */
  cloudFirst(of: number): Happened | null {
    return quantile(this.#cloudFirst, of)
  }

  /** Means. */
  get tokens(): { readonly prompt: Happened; readonly output: Happened } | null {
    const [prompt, output] = means(this.#tokens)
    return prompt && output ? { prompt, output } : null
  }

  get usdPerCall(): Happened | null {
    return means(this.#usd)[0] ?? null
  }

  /** Over the days between the first and the last call; null below a week of them. */
  get callsPerMonth(): Happened | null {
    if (this.#first === null || this.#last === null) return null
    const days = (this.#last - this.#first) / 86_400_000
    if (days < 7) return null
    const perDay = 365.25 / 12 / days
    // As of a Poisson process: the square root of the count, twice.
    const wide = 2 * Math.sqrt(this.#calls)
    const [low, high] = [Math.max(0, this.#calls - wide) * perDay, (this.#calls + wide) * perDay]
    return { value: this.#calls * perDay, low, high, n: this.#calls }
  }
}

function share(count: number, n: number): Happened | null {
  return n === 0 ? null : { value: count / n, ...clopperPearson(count, n, CONFIDENCE), n }
}

function quantile(histogram: LogHistogram, of: number): Happened | null {
  const found = histogram.quantile(Math.min(of, 0.9999), CONFIDENCE)
  return found === null ? null : { ...found, n: histogram.n }
}

/** Of all columns but the last, which counts. */
function means(sums: BlockSums): readonly (Happened | null)[] {
  const n = sums.items
  if (n === 0) return []
  return sums
    .estimates((totals) => Array.from(totals.subarray(0, -1), (total) => total / totals.at(-1)!), {
      confidence: CONFIDENCE,
    })
    .map((found) => (found === null ? null : { ...found, n }))
}
