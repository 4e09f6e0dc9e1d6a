/**
 * A policy over a trace, before it is switched on: what it would have answered, asked and cost, beside what it has to beat. One pass
 * in constant memory, whatever the length of the trace; the same items and seed give the same result. What a policy does with an
 * item is the policy's own business (`ReplayPolicy`); the router's is in the package `edgewise`.
 */
import { LogHistogram } from '../statistics/log-histogram.ts'
import { type ModelPair, type Outcome, outcomeOf, type TraceItem } from '../trace/item.ts'
import { Constants, MOST_MODELS } from './constants.ts'
import { FIGURES, figuresOf, strategyOf } from './figures.ts'
import { PlainBar } from './plain-bar.ts'
import type { Replay, ReplayPolicy, Strategy } from './result.ts'
import {
  allOnCloud,
  allOnDevice,
  type Facts,
  type ItemSums,
  randomMix,
  scoredOnly,
  Tally,
  type Way,
  type WaySums,
} from './tally.ts'

export interface ReplaySettings {
  readonly pair: ModelPair
  readonly policy: ReplayPolicy
  /** Of the bootstrap. Default 1. */
  readonly seed?: number
  /** Of every interval. Default 0.95. */
  readonly confidence?: number
}

/** Rejects with what the trace or the policy throws. */
export async function replay(
  items: Iterable<TraceItem> | AsyncIterable<TraceItem>,
  { pair, policy, seed = 1, confidence = 0.95 }: ReplaySettings,
): Promise<Replay> {
  const run = new Run(pair, policy)
  // An item of an array costs no turn of the event loop.
  if (Symbol.iterator in items) for (const item of items) run.add(item)
  else for await (const item of items) run.add(item)
  return run.result({ seed, confidence })
}

class Run {
  readonly #pair: ModelPair
  readonly #policy: ReplayPolicy
  /** The policy, the oracle. */
  readonly #tally = new Tally(2)
  readonly #plain = new PlainBar()
  readonly #constants = new Constants()
  readonly #latencies = {
    policy: new LogHistogram(),
    device: new LogHistogram(),
    cloud: new LogHistogram(),
    oracle: new LogHistogram(),
  }
  readonly #missing = new Map<string, number>()
  #items = 0
  #withoutEvidence = 0
  #unanswered = 0
  #untimed = 0

  constructor(pair: ModelPair, policy: ReplayPolicy) {
    this.#pair = pair
    this.#policy = policy
  }

  add(item: TraceItem): void {
    this.#items++
    const { device: deviceName, cloud: cloudName } = this.#pair
    const device = outcomeOf(item, deviceName)
    if (device === null) return
    const cloud = outcomeOf(item, cloudName)
    const { place, asked, latencyMs, missing = null } = this.#policy.decide(item)
    const facts = factsOf(device, cloud)
    const policy: Way = {
      place,
      askedDevice: asked.includes('device'),
      askedCloud: asked.includes('cloud'),
      ms: latencyMs ?? Number.NaN,
    }
    const oracle = oracleOf(facts)
    if (place === null) this.#unanswered++
    if (missing !== null) {
      this.#withoutEvidence++
      this.#missing.set(missing, (this.#missing.get(missing) ?? 0) + 1)
    }
    this.#tally.add(facts, [policy, oracle])
    if (!Number.isNaN(facts.deviceMs)) this.#time(facts, policy, oracle)
    const signal = device.signals.meanLogprob
    this.#plain.add(`${item.task}\n${item.id}`, signal ?? Number.NaN, facts, policy)
    for (const model in item.models) {
      if (model === deviceName || model === cloudName) continue
      this.#constants.add(model, item.models[model]!, facts, policy)
    }
  }

  #time({ deviceMs, cloudMs }: Facts, policy: Way, oracle: Way): void {
    const { device, cloud, policy: own, oracle: best } = this.#latencies
    device.add(deviceMs)
    cloud.add(cloudMs)
    if (!Number.isNaN(oracle.ms)) best.add(oracle.ms)
    if (!Number.isNaN(policy.ms)) own.add(policy.ms)
    else if (policy.place !== null) this.#untimed++
  }

  result(options: { readonly seed: number; readonly confidence: number }): Replay {
    const { confidence } = options
    const total = this.#tally.total((items, [policy]) => ({ items, policy: policy! }))
    const billBy = total.items.usd > 0 ? 'usd' : 'calls'
    const estimates = this.#tally.estimates(
      (items, [policy, oracle]) => [
        ...[policy!, allOnDevice(items), allOnCloud(items), randomMix(items, policy!, billBy)].flatMap(
          (way) => figuresOf(items, way, policy!, billBy),
        ),
        ...figuresOf(scoredOnly(items), oracle!, policy!, billBy),
      ],
      options,
    )
    const { device, cloud } = this.#pair
    const strategy = (
      index: number,
      name: string,
      more: Partial<Parameters<typeof strategyOf>[2]>,
    ): Strategy => strategyOf(estimates, index * FIGURES, { name, histogram: null, confidence, ...more })
    const times = this.#latencies
    const policy = strategy(0, this.#policy.name, { histogram: times.policy, isPolicy: true })
    const alwaysDevice = strategy(1, 'always device', { model: device, histogram: times.device })
    const alwaysCloud = strategy(2, 'always cloud', { model: cloud, histogram: times.cloud })
    const plain = this.#plain.strategy('meanLogprob', billBy, options)
    return {
      pair: this.#pair,
      policy,
      baselines: {
        alwaysDevice,
        alwaysCloud,
        bestConstant: this.#bestConstant(
          total.items,
          total.policy,
          billBy,
          options,
          alwaysDevice,
          alwaysCloud,
        ),
        randomMix: strategy(3, 'random mix', {}),
        meanLogprob: plain,
        oracle: strategy(4, 'oracle', { histogram: times.oracle }),
      },
      counts: {
        items: this.#items,
        replayed: total.items.items,
        scored: total.items.scored,
        costed: total.items.costed,
        timed: total.items.timed,
        withoutEvidence: this.#withoutEvidence,
        missing: Object.fromEntries(this.#missing),
        unanswered: this.#unanswered,
      },
      billBy,
      confidence,
      notes: [...(this.#policy.notes?.() ?? []), ...this.#notes(total.items, plain === null)],
    }
  }

  #bestConstant(
    items: ItemSums,
    policy: WaySums,
    billBy: 'usd' | 'calls',
    options: { readonly seed: number; readonly confidence: number },
    alwaysDevice: Strategy,
    alwaysCloud: Strategy,
  ): Strategy {
    const cost = billBy === 'usd' ? policy.usd / items.costed : policy.askedCloud / items.items
    const cloudCost = billBy === 'usd' ? items.usd / items.costed : 1
    const cloudFits = cloudCost <= cost * (1 + 1e-9) && items.cloud > items.device
    const ofPair = cloudFits ? alwaysCloud : alwaysDevice
    const limits = { scored: items.scored, costed: items.costed, cost, billBy }
    return this.#constants.best(limits, ofPair.quality?.value ?? Number.POSITIVE_INFINITY, options) ?? ofPair
  }

  #notes(items: ItemSums, isPlainMissing: boolean): string[] {
    const some = (count: number, what: string): string[] =>
      count > 0 ? [`${count} of ${items.items} ${what}`] : []
    const sampled = this.#plain.sampled
    return [
      ...(this.#items > items.items
        ? [
            `${this.#items - items.items} of ${this.#items} items have no answer of ${this.#pair.device} and were left out`,
          ]
        : []),
      ...some(
        items.items - items.scored,
        'items have no score of both models: no quality is computed from them',
      ),
      ...(items.usd > 0
        ? some(items.items - items.costed, 'items have no cost at the cloud: the bill is over the others')
        : ['no cost is known: the bill is counted in calls to the cloud']),
      ...some(items.items - items.timed, 'items have no latency of both models: times are over the others'),
      ...some(this.#untimed, 'items have a latency, but the policy could not say its own'),
      ...(isPlainMissing
        ? ['there is no bar on meanLogprob to compare with: no item has it, or no such bar is as cheap']
        : []),
      ...(sampled === null
        ? []
        : [`the bar on meanLogprob is of a sample of ${sampled} items, drawn by their ids`]),
      ...(this.#constants.isCut
        ? [
            `the trace has more than ${MOST_MODELS} other models: the best constant is of the first ${MOST_MODELS}`,
          ]
        : []),
    ]
  }
}

/** Who is better is not known of an item without scores: it is no call of the oracle's. */
function oracleOf({ device, cloud, deviceMs, cloudMs }: Facts): Way {
  if (Number.isNaN(device)) return { place: null, askedDevice: false, askedCloud: false, ms: Number.NaN }
  const goesUp = cloud > device
  return {
    place: goesUp ? 'cloud' : 'device',
    askedDevice: !goesUp,
    askedCloud: goesUp,
    ms: goesUp ? cloudMs : deviceMs,
  }
}

function factsOf(device: Outcome, cloud: Outcome | null): Facts {
  const scored = device.score !== null && cloud !== null && cloud.score !== null
  const timed = device.latencyMs !== null && cloud !== null && cloud.latencyMs !== null
  return {
    device: scored ? device.score! : Number.NaN,
    cloud: scored ? cloud.score! : Number.NaN,
    usd: cloud?.costUsd ?? Number.NaN,
    deviceMs: timed ? device.latencyMs! : Number.NaN,
    cloudMs: timed ? cloud.latencyMs! : Number.NaN,
  }
}
