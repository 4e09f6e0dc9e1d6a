/**
 * What the gateway counts, as Prometheus' text: calls and what they cost, taken from receipts; errors; what runs now. There is
 * no prompt, no key and no user in it, and its size is bounded: every label comes from a fixed set, from the policy or its certificates.
 */
import type { CallFacts } from '../call/call-facts.ts'
import * as names from './names.ts'

type Labels = Readonly<Record<string, string>>

/** Seconds. From a cached answer of a device to a long text of a slow one. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

interface Histogram {
  readonly counts: number[]
  sum: number
  count: number
}

/** A certificate of a task, and whether it is in force. */
export interface CertificateInForce {
  readonly id: string
  readonly task: string
  readonly inForce: boolean
}

export class Metrics {
  readonly #values: Map<names.MetricSpec, Map<string, number>> = new Map()
  readonly #histograms: Map<names.MetricSpec, Map<string, Histogram>> = new Map()
  readonly #inFlight: () => number
  readonly #certificates: () => readonly CertificateInForce[]

  constructor(inFlight: () => number, certificates: () => readonly CertificateInForce[] = () => []) {
    this.#inFlight = inFlight
    this.#certificates = certificates
  }

  /** A call has ended; `facts` are those of its receipt, as far as anybody knows them. */
  called(facts: CallFacts, outcome: 'ok' | 'error' | 'aborted'): void {
    const place = facts.place ?? 'none'
    this.#add(names.CALLS, { task: facts.task ?? 'unknown', place, outcome }, 1)
    for (const kind of ['input', 'cached', 'output'] as const)
      this.#add(names.TOKENS, { place, kind }, facts[`${kind}Tokens`])
    this.#add(names.COST, {}, facts.costUsd)
    this.#add(names.AVOIDED, {}, facts.avoidedUsd)
    this.#add(names.BYTES_OUT, {}, facts.bytesOut)
    this.#observe(names.FIRST_TOKEN, { place }, facts.firstTokenMs)
    this.#observe(names.DURATION, { place }, facts.totalMs)
    if (facts.recorded === false) this.#add(names.UNRECORDED, {}, 1)
  }

  /** A request was answered with an error. */
  failed(code: string): void {
    this.#add(names.ERRORS, { code }, 1)
    if (code === 'rate_limited') this.#add(names.RATE_LIMITED, {}, 1)
  }

  /** The text format, version 0.0.4. */
  render(): string {
    const lines: string[] = []
    const head = ({ name, type, help }: names.MetricSpec): void => {
      lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`)
    }
    head(names.IN_FLIGHT)
    lines.push(`${names.IN_FLIGHT.name} ${this.#inFlight()}`)
    const certificates = this.#certificates()
    if (certificates.length > 0) head(names.CERTIFICATES)
    for (const { id, task, inForce } of certificates)
      lines.push(`${names.CERTIFICATES.name}${labelText({ certificate: id, task })} ${Number(inForce)}`)
    for (const [spec, series] of this.#values) {
      head(spec)
      for (const [labels, value] of series) lines.push(`${spec.name}${labels} ${value}`)
    }
    for (const [spec, series] of this.#histograms) {
      head(spec)
      for (const [labels, histogram] of series) lines.push(...histogramLines(spec.name, labels, histogram))
    }
    return `${lines.join('\n')}\n`
  }

  /** What nobody knows is not counted. */
  #add(spec: names.MetricSpec, labels: Labels, value: number | undefined): void {
    if (value === undefined) return
    const series = seriesOf(this.#values, spec)
    const key = labelText(labels)
    series.set(key, (series.get(key) ?? 0) + value)
  }

  #observe(spec: names.MetricSpec, labels: Labels, ms: number | undefined): void {
    if (ms === undefined) return
    const series = seriesOf(this.#histograms, spec)
    const key = labelText(labels)
    const histogram = series.get(key) ?? { counts: BUCKETS.map(() => 0), sum: 0, count: 0 }
    series.set(key, histogram)
    const seconds = ms / 1000
    const bucket = BUCKETS.findIndex((bound) => seconds <= bound)
    if (bucket !== -1) histogram.counts[bucket]!++
    histogram.sum += seconds
    histogram.count++
  }
}

function seriesOf<T>(all: Map<names.MetricSpec, Map<string, T>>, spec: names.MetricSpec): Map<string, T> {
  let series = all.get(spec)
  if (series === undefined) all.set(spec, (series = new Map()))
  return series
}

/** Buckets count everything up to their bound. */
function histogramLines(name: string, labels: string, { counts, sum, count }: Histogram): string[] {
  const inner = labels.slice(1, -1)
  const prefix = inner === '' ? '' : `${inner},`
  let below = 0
  const buckets = BUCKETS.map((bound, index) => {
    below += counts[index]!
    return `${name}_bucket{${prefix}le="${bound}"} ${below}`
  })
  return [
    ...buckets,
    `${name}_bucket{${prefix}le="+Inf"} ${count}`,
    `${name}_sum${labels} ${sum}`,
    `${name}_count${labels} ${count}`,
  ]
}

/** `{task="fix",place="device"}`, or nothing. */
function labelText(labels: Labels): string {
  const entries = Object.entries(labels)
  if (entries.length === 0) return ''
  const escaped = (value: string): string =>
    value.replace(/[\\"\n]/g, (unit) => (unit === '\n' ? '\\n' : `\\${unit}`))
  return `{${entries.map(([name, value]) => `${name}="${escaped(value)}"`).join(',')}}`
}
