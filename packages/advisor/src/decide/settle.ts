/**
 * The cheapest measurement that would settle what a verdict hangs on: minutes on one device before an afternoon with examples, before weeks
 * of audits. Numbers of examples are plans (economics/kept.ts), numbers of audits what a certificate takes at least.
 */
import { count, percent } from '@edgewise/evidence'
import { examplesNeeded } from '../economics/kept.ts'
import { auditsNeeded } from '../economics/money.ts'
import { BEST, MIDDLE, WORST } from '../economics/split.ts'
import type { Candidate } from '../fleet/fleet.ts'
import type { UseCase } from '../use-case/types.ts'
import { type Case, pooled } from './case.ts'
import { type Decided, decided } from './choose.ts'
import { unmeasured } from './rules.ts'

/** null where nothing is uncertain. */
export function settleOf(of: Case, { answer, leans, hangsOn }: Decided): string | null {
  if (answer !== 'uncertain') return null
  const things = new Set(hangsOn.map((one) => one.of))
  const steps = [
    ...(things.has('speed') ? [measureDevices(of, leans)] : []),
    ...(things.has('linear') ? [evaluate(of, ['linear'], of.linear!.ends[MIDDLE])] : []),
    ...(things.has('quality') ? evaluateModels(of) : []),
    // What the bar's signal is worth matters only once the quality is known.
    ...(things.has('signal') && !things.has('quality') ? [audit(of)] : []),
  ]
  return `${steps.map((step, i) => (i === 0 ? step : `then ${step}`)).join('; ')}.`
}

/** Devices that must be known, the most common first, until both ends of the rest give one answer. */
function measureDevices(of: Case, leans: Decided['leans']): string {
  const { targetMs } = of.useCase.latency
  const isOpen = (pick: Candidate | null): pick is Candidate =>
    pick !== null &&
    (pick.asked[WORST] <= targetMs !== pick.asked[BEST] <= targetMs ||
      pick.whole[WORST] <= targetMs !== pick.whole[BEST] <= targetMs ||
      pick.fits[WORST] !== pick.fits[BEST])
  const open = of.fleet.devices
    .map(({ share, at }, i) => ({ share, at, i }))
    .filter(({ i }) => isOpen(of.picks[i]!) || isOpen(of.firstPicks[i]!))
    .sort((a, b) => b.share - a.share)
  // The fewest of them that do, by halving: more known devices never leave more open.
  const settles = (count: number): boolean => {
    const known = new Set(open.slice(0, count).map(({ i }) => i))
    return !decided(knowing(of, known)).hangsOn.some((one) => one.of === 'speed' && one.then !== leans)
  }
  let [few, enough] = [0, open.length]
  while (enough - few > 1) {
    const half = Math.floor((few + enough) / 2)
    if (settles(half)) enough = half
    else few = half
  }
  const named = open.slice(0, enough).map(({ share, at, i }) => {
    const pick = of.picks[i] ?? of.firstPicks[i]!
    return `${pick!.model.id} ${pick!.quantisation.id} on ${at.device} (${percent(share)} of the users)`
  })
  const shown =
    named.length > 3 ? `${named.slice(0, 3).join(', ')} and ${named.length - 3} more` : named.join(', ')
  return `measure ${shown}: \`edgewise measure --model FILE --id ${enough === 1 ? open[0]!.at.device : 'DEVICE'}\` there, or rows of your own with \`edgewise facts update\``
}

/** As if these devices had been measured and were as predicted. */
function knowing(of: Case, known: ReadonlySet<number>): Case {
  const sure = (one: Candidate): Candidate => ({
    ...one,
    asked: [one.asked[MIDDLE], one.asked[MIDDLE], one.asked[MIDDLE]],
    whole: [one.whole[MIDDLE], one.whole[MIDDLE], one.whole[MIDDLE]],
    fits: [one.fits[MIDDLE], one.fits[MIDDLE], one.fits[MIDDLE]],
  })
  const devices = of.fleet.devices.map((device, i) =>
    known.has(i) ? { ...device, candidates: device.candidates.map(sure) } : device,
  )
  return pooled({ ...of, fleet: { ...of.fleet, devices } })
}

function evaluateModels(of: Case): readonly string[] {
  const open = unmeasured(of)
  if (open.length > 0) {
    // A plan for a model that is as good as the cloud; a worse one shows itself sooner.
    return [evaluate(of, open.slice(0, 3), Math.max(1, of.useCase.fit.keep))]
  }
  const { keep } = of.useCase.fit
  const picks = [...of.picks, ...of.firstPicks]
  const straddling = picks.filter(
    (pick) => pick?.kept && pick.kept.ends[WORST] < keep && pick.kept.ends[BEST] >= keep,
  )
  return [...new Set(straddling.map((pick) => pick!.model.id))].map((id) =>
    evaluate(of, [id], picks.find((pick) => pick?.model.id === id)!.kept!.ends[MIDDLE]),
  )
}

/** What fits the answers of most tasks of a kind; graders are in docs/quality.md. */
const graders: Readonly<Record<UseCase['fit']['kind'], string>> = {
  classify: 'label',
  extract: 'json',
  search: 'exact',
  rewrite: 'judge',
  generate: 'judge',
  reason: 'judge',
}

/** A plan is good to two digits. */
function roundedUp(examples: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(examples)) - 1)
  return Math.ceil(examples / unit) * unit
}

function evaluate(of: Case, models: readonly string[], kept: number): string {
  const { keep, measured, kind } = of.useCase.fit
  const who = models.join(', ')
  const examples =
    of.useCase.privacy === 'nothing-leaves' ? 'examples that may leave' : 'of your own examples'
  const asked = models.map((id) => (id === 'linear' ? id : `${id}=FILE.gguf`))
  const right = measured.some((one) => one.who === 'cloud') ? of.cloudRight : 0.9
  const needed = examplesNeeded(kept, keep, right)
  const what = who === 'linear' ? 'the linear classifier' : who
  return needed === null
    ? `decide whether ${percent(keep)} of the cloud's quality must be kept: ${what} is so near to it that a million examples would not tell`
    : `evaluate ${what} and the cloud on about ${count(roundedUp(needed))} ${examples}, \`edgewise evaluate EXAMPLES.jsonl --model ${asked.join(' ')} --cloud --grader ${graders[kind]}\``
}

function audit({ useCase }: Case): string {
  return `put the device first with audits until ${count(auditsNeeded(1 - useCase.fit.keep))} calls were compared, and run \`edgewise certify\`: it tells how many calls may stay`
}
