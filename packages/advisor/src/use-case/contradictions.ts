/**
 * What a use case of the right shape says against itself, the facts or common sense, and what to do. Ids that the facts lack come with
 * the nearest ones.
 */
import type { AdvisorErrorCode } from '../errors.ts'
import { nearest } from '../facts/lookup.ts'
import type { Facts } from '../facts/types.ts'
import { presets } from '../fleet/presets.ts'
import { runtimeId } from '../predict/traits.ts'
import type { UseCaseInput } from './schema.ts'

export interface Contradiction {
  /** The key to change: `['fleet', 0, 'share']`. */
  readonly path: readonly PropertyKey[]
  readonly message: string
  readonly code: AdvisorErrorCode
}

/** How far shares may be from 1 together: thirds are written as 0.333. */
const SHARES_WITHIN = 0.005

/** More calls than one every two seconds, day and night, from each user, are no use of a person. */
const MOST_CALLS_OF_A_USER = 1_000_000

/** All contradictions, in the order of the five questions. */
export function contradictions(input: UseCaseInput, facts: Facts): readonly Contradiction[] {
  const found: Contradiction[] = []
  const say = (
    path: readonly PropertyKey[],
    message: string,
    code: AdvisorErrorCode = 'use_case_invalid',
  ): void => void found.push({ path, message, code })
  sayTask(input, say)
  sayFit(input, facts, say)
  sayVolume(input, say)
  sayUnknown(facts.prices, input.cloud.model, ['cloud', 'model'], 'price', 'unknown_price', say)
  sayFleet(input, facts, say)
  return found
}

type Say = (path: readonly PropertyKey[], message: string, code?: AdvisorErrorCode) => void

function sayTask({ task }: UseCaseInput, say: Say): void {
  if (task === 'default')
    say(['task'], 'receipts call the calls without a task "default": choose another name')
}

function sayFit({ fit }: UseCaseInput, facts: Facts, say: Say): void {
  const { models = [], measured = [] } = fit
  models.forEach((model, i) => {
    sayUnknown(facts.models, model, ['fit', 'models', i], 'model', 'unknown_model', say)
    if (models.indexOf(model) !== i) say(['fit', 'models', i], 'this model stands twice: keep one')
  })
  measured.forEach((one, i) => {
    const path = ['fit', 'measured', i]
    // A model that the facts lack may have been measured: a verdict tells that it cannot be predicted.
    const { who, right, of, low, high } = one
    if (measured.findIndex((other) => other.who === who) !== i)
      say([...path, 'who'], 'this was measured above: keep one')
    if (right > of)
      say([...path, 'right'], `more are right than there are examples (${of}): make it ${of} or less`)
    else if ((low ?? 0) > right / of || (high ?? 1) < right / of)
      say(
        path,
        'the interval does not hold the share that was right: correct "low" and "high", or leave both out',
      )
    const { kept } = one
    if (kept && (kept.low > kept.value || kept.high < kept.value))
      say([...path, 'kept'], 'the interval does not hold its value: correct "low" and "high"')
    if (kept && who === 'cloud') say([...path, 'kept'], 'the cloud keeps its own quality: take this out')
  })
}

function sayVolume({ volume }: UseCaseInput, say: Say): void {
  const { callsPerMonth, users } = volume
  if (callsPerMonth > users * MOST_CALLS_OF_A_USER)
    say(
      ['volume', 'callsPerMonth'],
      `that is more than ${MOST_CALLS_OF_A_USER} calls of each user a month: check "callsPerMonth" and "users"`,
    )
}

function sayFleet({ fleet }: UseCaseInput, facts: Facts, say: Say): void {
  if (typeof fleet === 'string') {
    sayUnknown(presets, fleet, ['fleet'], 'preset', 'unknown_preset', say)
    return
  }
  fleet.forEach(({ device, runtime, backend }, i) => {
    sayUnknown(facts.devices, device, ['fleet', i, 'device'], 'device', 'unknown_device', say)
    sayRuntime(runtime, facts, ['fleet', i, 'runtime'], say)
    const first = fleet.findIndex(
      (other) => other.device === device && other.runtime === runtime && other.backend === backend,
    )
    if (first !== i) say(['fleet', i, 'device'], 'this device stands above: add their shares up')
  })
  const sum = fleet.reduce((total, { share }) => total + share, 0)
  if (Math.abs(sum - 1) > SHARES_WITHIN)
    say(
      ['fleet'],
      `the shares add up to ${Number(sum.toFixed(4))}, not to 1: correct them, or add who is missing`,
    )
}

/** Those of the measurements that predictions rest on, and the engine of this project. */
const runtimes = [
  'llama.cpp',
  'Ollama',
  'MLX',
  'ExecuTorch',
  'LiteRT-LM',
  'MediaPipe',
  'MLC',
  'CoreAI',
  'CoreML',
  'AppleFM',
  'Cactus',
  'Genie',
  'QNN',
  'Genie/QNN',
  'ExLlamaV2',
  'vLLM',
  'edgewise',
]

/** A runtime that nobody has measured would be predicted all the same, as if it were like the others: a slip is told. */
function sayRuntime(
  runtime: string | undefined,
  { own }: Facts,
  path: readonly PropertyKey[],
  say: Say,
): void {
  if (runtime === undefined) return
  const known = [...new Set([...runtimes, ...own.map((row) => row.runtime)])].map((id) => ({ id }))
  if (known.some(({ id }) => runtimeId(id) === runtimeId(runtime))) return
  say(
    path,
    `nobody has measured a runtime "${runtime}": did you mean ${nearest(known, runtime).join(', ')}? One of your own takes a measurement first (edgewise facts update)`,
  )
}

function sayUnknown(
  rows: readonly { readonly id: string }[],
  id: string,
  path: readonly PropertyKey[],
  kind: string,
  code: AdvisorErrorCode,
  say: Say,
): void {
  if (rows.some((row) => row.id === id)) return
  const near = nearest(rows, id)
  const next =
    near.length === 0 ? 'the facts hold none: add it to your own' : `did you mean ${near.join(', ')}?`
  say(path, `no ${kind} "${id}" in the facts: ${next}`, code)
}
