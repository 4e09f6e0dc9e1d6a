/** What a reader must know before believing a verdict: assumptions, what was not measured, what the figures leave out. A sentence each. */
import { count, milliseconds, percent } from '@edgewise/evidence'
import { assumptions } from '../use-case/defaults.ts'
import type { Case } from './case.ts'
import type { Decided } from './choose.ts'
import { unmeasured } from './rules.ts'
import type { Option } from './types.ts'

export function warningsOf(of: Case, { leans }: Decided, options: readonly Option[]): readonly string[] {
  const { useCase, fleet, price } = of
  const chosen = options.find(({ answer }) => answer === leans)
  const usesDevice = leans === 'on-device' || leans === 'hybrid'
  return [
    ...(leans === 'none' ? ['nothing that is allowed does this: change an answer, or do not build it'] : []),
    ...misses(of, chosen),
    ...assumptions(useCase),
    ...(typeof useCase.fleet === 'string'
      ? [`the fleet is the ${fleet.source}: count the devices of your own users`]
      : []),
    ...qualityWarnings(of),
    ...(useCase.privacy === 'structured-only' && leans === 'hybrid'
      ? ['only JSON without its texts may leave: a call with a text is answered by the device or not at all']
      : []),
    ...(useCase.privacy === 'redacted' && (leans === 'hybrid' || leans === 'cloud')
      ? [
          'names and identifiers leave as placeholders; what the search for them misses leaves as it is, and answers that need them may suffer',
        ]
      : []),
    ...(usesDevice ? deviceWarnings(of) : []),
    `prices are of ${price.asOf} (${price.source}); calls that are sent again are not counted`,
  ]
}

function misses({ useCase: { latency } }: Case, chosen: Option | undefined): readonly string[] {
  if (chosen === undefined || chosen.usersInTime.value >= latency.share - 1e-9) return []
  const at =
    chosen.latencyMs === null
      ? 'fewer than that get an answer'
      : `they wait ${milliseconds(chosen.latencyMs.value)}`
  return [
    `nothing that is allowed meets ${milliseconds(latency.targetMs)} for ${percent(latency.share)} of the users: ${chosen.answer} comes nearest, with ${percent(chosen.usersInTime.value)} (${at})`,
  ]
}

function qualityWarnings(of: Case): readonly string[] {
  const { measured } = of.useCase.fit
  const unknown = unmeasured(of)
  const isMeasured = (id: string): boolean => measured.some(({ who }) => who === id)
  const [open, lost] = [unknown.filter((id) => !isMeasured(id)), unknown.filter(isMeasured)]
  const found: string[] = []
  if (lost.length > 0)
    found.push(
      `${lost.join(', ')}: measured, but the cloud is right so seldom on those examples that no share of its quality can be told`,
    )
  if (open.length > 0) {
    const scores = open.slice(0, 3).map((id) => {
      const { scores } = [...of.picks].find((pick) => pick?.model.id === id)!.model
      const told = Object.entries(scores)
        .slice(0, 3)
        .map(([name, value]) => `${name} ${value}`)
      return `${id}: ${told.length === 0 ? 'none known' : told.join(', ')}`
    })
    found.push(
      `nobody has measured ${open.slice(0, 3).join(', ')} on your task; published scores (${scores.join('; ')}) say little about it`,
    )
  }
  const models = measured.filter(({ who }) => who !== 'cloud' && who !== 'linear')
  if (models.length > 0) {
    found.push(
      'quality was measured with one file of each model: another quantisation has another quality, measure what you ship',
    )
    if (!measured.some(({ who }) => who === 'cloud') && models.some(({ kept }) => !kept))
      found.push(
        'the cloud was not measured on the same examples and counts as always right, to the disadvantage of the device',
      )
  }
  for (const { who, near } of of.fleet.unknown)
    found.push(
      `${who} was measured, and the facts have no such model (the nearest: ${near.join(', ')}): nobody can tell how fast it would be, and it is not a candidate`,
    )
  const few = models.filter((one) => one.of < 30)
  if (few.length > 0)
    found.push(`${few.map(({ who, of }) => `${who}: ${count(of)} examples`).join(', ')}: too few to say much`)
  return found
}

function deviceWarnings({ fleet, picks }: Case): readonly string[] {
  const claimed = fleet.devices.filter(({ device }) => device.basis === 'claimed').map(({ at }) => at.device)
  const coarse = fleet.devices.filter((_, i) => {
    const basis = picks[i]?.prediction.basis
    return basis === 'class' || basis === 'everything'
  })
  const found: string[] = []
  if (claimed.length > 0)
    found.push(
      `the bandwidth of ${claimed.slice(0, 5).join(', ')}${claimed.length > 5 ? ` and ${claimed.length - 5} more` : ''} is remembered, not read from its maker`,
    )
  if (coarse.length > 0)
    found.push(
      `nobody has published measurements of this runtime on devices like ${[...new Set(coarse.map(({ at }) => `${at.device} (${at.runtime})`))].slice(0, 3).join(', ')}: their predictions rest on other runtimes`,
    )
  found.push(
    'predictions are of a model that is loaded and a device that is cool: a first start takes seconds, and long use slows a phone down',
  )
  return found
}
