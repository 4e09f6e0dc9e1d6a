/** The steps from facts and answers to the figures of an option, with their numbers and sources, for whoever wants to follow them. */
import { count, dollars, milliseconds, percent } from '@edgewise/evidence'
import { cachedInputPrice, fixedCost } from '../economics/money.ts'
import type { Derivation } from '../predict/types.ts'
import type { Case } from './case.ts'
import { type Figures, type Fixed, paidShare } from './figures.ts'

/** Which kinds of devices are in time. */
export function inTimeStep(of: Case, figures: Figures, choice: 'on-device' | 'hybrid'): Derivation {
  const states = choice === 'on-device' ? figures.alone : figures.first
  const { latency } = of.useCase
  const named = of.fleet.devices.flatMap(({ at, share }, i) =>
    states[i]!.inTime ? [`${at.device} ${percent(share)}`] : [],
  )
  return {
    what: 'users in time',
    formula: `sum of the shares of devices on which ${latency.of === 'first-token' ? 'the first word comes' : 'the answer is whole'} within ${milliseconds(latency.targetMs)}: ${named.length === 0 ? 'none' : named.join(' + ')}; the ends of the interval: the same with every prediction at its slow or its fast end`,
    value: choice === 'on-device' ? figures.inTime.device : figures.inTime.both,
    unit: 'of the users',
    from: [of.fleet.source],
  }
}

/** `stays`: the share of calls that stay. */
export function splitSteps(of: Case, fixed: Fixed, stays: number): readonly Derivation[] {
  const { useCase, callUsd } = of
  const paid = paidShare(stays, fixed)
  return [
    {
      what: 'share of calls that stay',
      formula: `over the fleet: all calls of a device that was measured to keep ${percent(useCase.fit.keep)}; of another those that a bar lets stay, between a bar that knows nothing (1 - (keep - kept) / (1 - kept)) and one that knows all (1 - cloud right x (keep - kept)), in the middle their mean; none where the cloud is faster at once`,
      value: stays,
      unit: 'of the calls',
      from: useCase.fit.measured.map(({ who, right, of }) => `${who}: ${right} of ${of} examples right`),
    },
    {
      what: 'cut of the bill for calls',
      formula: `share that stays x (1 - share of it that is audited): ${percent(stays)} x (1 - ${percent(fixed.audits)})`,
      value: 1 - paid,
      unit: 'of the bill',
      from: [],
    },
    {
      what: 'both together a month',
      formula: `${dollars(fixed.both)} + ${count(useCase.volume.callsPerMonth)} calls x ${percent(paid)} of them paid x ${dollars(callUsd)}`,
      value: fixed.both + useCase.volume.callsPerMonth * paid * callUsd,
      unit: 'US dollars',
      from: [],
    },
  ]
}

export function cloudSteps({ useCase, price, callUsd }: Case): readonly Derivation[] {
  const { promptTokens, outputTokens, cachedShare, callsPerMonth } = useCase.volume
  const from = [`${price.source}, as of ${price.asOf}: ${price.id}`]
  const cached =
    cachedShare === 0 ? '' : ` + ${percent(cachedShare)} of them cached x $${cachedInputPrice(price)}`
  return [
    {
      what: 'a call in the cloud',
      formula: `(${count(promptTokens)} tokens x (${percent(1 - cachedShare)} x $${price.inputPerMTok}${cached}) + ${count(outputTokens)} tokens x $${price.outputPerMTok}) / 1,000,000; retries left out`,
      value: callUsd,
      unit: 'US dollars',
      from,
    },
    {
      what: 'a month in the cloud',
      formula: `${count(callsPerMonth)} calls x ${dollars(callUsd)}`,
      value: callUsd * callsPerMonth,
      unit: 'US dollars',
      from,
    },
  ]
}

/** Of the cloud, ms. */
export function cloudLatencyStep({ useCase, cloudMs }: Case): Derivation {
  const { cloud, latency, volume } = useCase
  const rest =
    latency.of === 'first-token'
      ? ''
      : ` + ${count(volume.outputTokens - 1)} tokens / ${cloud.decodeTps} a second`
  return {
    what: 'latency of the cloud',
    formula: `${milliseconds(cloud.firstTokenMs)}${rest}, the same for all users`,
    value: cloudMs,
    unit: 'ms',
    from: ["the team's figure, or the default"],
  }
}

/** `bytes`: of a download, on average over all users. */
export function fixedSteps({ useCase }: Case, bytes: number, usd: number): readonly Derivation[] {
  const { engineering, volume } = useCase
  const { days, usdPerDay, months, egressUsdPerGB } = engineering
  const { engineeringUsd, egressUsd } = fixedCost(engineering, volume.users, bytes)
  return [
    {
      what: 'engineering a month',
      formula: `${days} days x ${dollars(usdPerDay)} / ${months} months`,
      value: engineeringUsd,
      unit: 'US dollars',
      from: [],
    },
    {
      what: 'downloads a month',
      formula: `${count(volume.users)} users x ${(bytes / 1e9).toFixed(3)} GB on average x ${dollars(egressUsdPerGB)} a GB / ${months} months, one download each`,
      value: egressUsd,
      unit: 'US dollars',
      from: [],
    },
    {
      what: "the device's side a month",
      formula: 'engineering + downloads, whatever the number of calls',
      value: usd,
      unit: 'US dollars',
      from: [],
    },
  ]
}
