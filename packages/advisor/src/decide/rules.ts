/**
 * The rules of a verdict: each has a name that never changes, says when it fires, and what it then means. A rule looks at the figures of one
 * world (figures.ts). It fires where it holds at the middle and at every end of what is uncertain, and cannot be decided where these differ.
 * What is chosen (choose.ts) is chosen by these rules alone; docs/advisor.md has them as a table.
 */
import { count, milliseconds, percent } from '@edgewise/evidence'
import { NEARLY } from '../fleet/shares.ts'
import type { Case } from './case.ts'
import type { Figures } from './figures.ts'
import type { Choice, Option } from './types.ts'
import { keptInWords, money, within } from './words.ts'

/** What a sentence is made of. */
export interface Told {
  readonly of: Case
  readonly figures: Figures
  readonly option: (answer: Choice) => Option
  /** Calls a month at which the device's side costs what the cloud does; null: never. */
  readonly breakEven: number | null
}

export interface Rule {
  readonly name: string
  /** When it fires: a clause for the table. */
  readonly when: string
  readonly of: readonly Choice[]
  /**
   * forbids: it cannot be chosen. misses: only where nothing else is left. decides: it is chosen, whatever else holds. favours, speaks: for
   * or against it, by what is told with it; the choice among what is left is by `offline-is-better`, then by money.
   */
  readonly weight: 'forbids' | 'misses' | 'decides' | 'favours' | 'speaks-for' | 'speaks-against' | 'unknown'
  readonly holds: (of: Case, figures: Figures, choice: Choice) => boolean
  readonly why: (told: Told, choice: Choice) => string
}

const reaches = (share: number, { useCase }: Case): boolean => share >= useCase.latency.share - NEARLY
const target = ({ useCase: { latency } }: Case): string =>
  `${milliseconds(latency.targetMs)} ${latency.of === 'first-token' ? 'to the first word' : 'to the whole answer'}`
const asked = ({ useCase }: Case): string => percent(useCase.latency.share)
const keep = ({ useCase }: Case): string => percent(useCase.fit.keep)
const maySend = ({ useCase }: Case): boolean =>
  useCase.privacy !== 'nothing-leaves' && useCase.privacy !== 'structured-only' && useCase.offline !== 'must'
/** Of all that would be shipped. */
const isMeasured = (of: Case): boolean => of.picks.every((pick) => pick === null || pick.kept !== null)
const hasPick = (of: Case): boolean => of.picks.some((pick) => pick !== null)

/** Dollars a month of the device's side: the cheaper of alone and first, or first where the device alone keeps the quality for nobody. */
export const deviceSideUsd = ({ usd, keeps }: Figures): number =>
  keeps === 0 ? usd.both : Math.min(usd.device, usd.both)

export const rules: readonly Rule[] = [
  {
    name: 'privacy-keeps-it-here',
    when: 'privacy is `nothing-leaves`',
    of: ['cloud', 'hybrid'],
    weight: 'forbids',
    holds: ({ useCase }) => useCase.privacy === 'nothing-leaves',
    why: () => 'nothing of a call may leave the device',
  },
  {
    name: 'text-stays-here',
    when: 'privacy is `structured-only`',
    of: ['cloud'],
    weight: 'forbids',
    holds: ({ useCase }) => useCase.privacy === 'structured-only',
    why: () =>
      'no text may leave the device, only numbers of JSON: the cloud alone could answer no call that has a text',
  },
  {
    name: 'offline-needs-a-device',
    when: 'offline is `must`: against the cloud, and against both where fewer devices than asked take part',
    of: ['cloud', 'hybrid'],
    weight: 'forbids',
    holds: (of, { takesPart }, choice) =>
      of.useCase.offline === 'must' && (choice === 'cloud' || !reaches(takesPart, of)),
    why: ({ of, figures }, choice) =>
      choice === 'cloud'
        ? 'it must work without a network, and the cloud does not'
        : `it must work without a network, and ${percent(figures.takesPart)} of the users have a device that answers first, not ${asked(of)}`,
  },
  {
    name: 'context-too-short',
    when: 'prompt and answer are longer than the context of every candidate',
    of: ['on-device', 'hybrid'],
    weight: 'forbids',
    holds: ({ fleet }) =>
      fleet.tooShort.length > 0 && fleet.devices.every(({ candidates }) => candidates.length === 0),
    why: ({ of: { fleet, useCase } }) =>
      `prompt and answer have ${count(useCase.volume.promptTokens + useCase.volume.outputTokens)} tokens, and no candidate takes more than ${count(Math.max(...fleet.tooShort.map(({ context }) => context)))}`,
  },
  {
    name: 'no-candidate',
    when: 'the facts have no model that could be tried: none was named, and none is small',
    of: ['on-device', 'hybrid'],
    weight: 'forbids',
    holds: ({ fleet }) =>
      fleet.tooShort.length === 0 && fleet.devices.every(({ candidates }) => candidates.length === 0),
    why: () => 'the facts have no small model, and none was named',
  },
  {
    name: 'fits-no-device',
    when: 'no candidate fits the memory that an app may use, on any device',
    of: ['on-device', 'hybrid'],
    weight: 'forbids',
    holds: (of, { fits }) => of.fleet.devices.some(({ candidates }) => candidates.length > 0) && fits === 0,
    why: ({ of }) => {
      const { usableBytes, name } = largest(of)
      const smallest = Math.min(
        ...of.fleet.devices.flatMap(({ candidates }) =>
          candidates.map(({ prediction }) => prediction.peakBytes.value),
        ),
      )
      return `the smallest candidate takes ${gigabytes(smallest)} of memory, and an app may use ${gigabytes(usableBytes)} on the largest device (${name})`
    },
  },
  {
    name: 'does-not-fit-memory',
    when: 'some candidate fits some device, but fewer users than asked have one',
    of: ['on-device'],
    weight: 'misses',
    holds: (of, { fits }) => fits > 0 && !reaches(fits, of),
    why: ({ of, figures }) =>
      `a candidate ${reaches(figures.fits, of) ? 'probably ' : ''}fits the memory of ${percent(figures.fits)} of the users, and ${asked(of)} were asked for`,
  },
  {
    name: 'quality-lost',
    when: 'on no device a model keeps the quality',
    of: ['on-device'],
    weight: 'forbids',
    holds: (_, { keeps, fits }) => fits > 0 && keeps === 0,
    why: ({ of, option }) =>
      option('on-device').quality === null
        ? `nobody has measured what the device would keep of the cloud's quality, and at a task of several steps it counts as less than ${keep(of)}`
        : `on the device ${quality(option('on-device'))} of the cloud's quality is kept, and ${keep(of)} is asked for`,
  },
  {
    name: 'quality-kept',
    when: 'for as many users as asked a model keeps the quality, as measured',
    of: ['on-device'],
    weight: 'speaks-for',
    holds: (of, { keeps }) => hasPick(of) && isMeasured(of) && reaches(keeps, of),
    why: ({ of, option }) =>
      `on the device ${quality(option('on-device'))} of the cloud's quality is kept, and ${keep(of)} is asked for`,
  },
  {
    name: 'quality-unknown',
    when: 'nobody has measured what would be shipped',
    of: ['on-device'],
    weight: 'unknown',
    holds: (of) => hasPick(of) && !isMeasured(of),
    why: ({ of }) => `nobody has measured ${unmeasured(of).join(', ')} on examples of this task`,
  },
  {
    name: 'reasoning-wants-the-cloud',
    when: 'the task asks for several steps and nobody has measured what would be shipped',
    of: ['on-device'],
    weight: 'speaks-against',
    holds: (of) => of.useCase.fit.kind === 'reason' && hasPick(of) && !isMeasured(of),
    why: () => 'the task asks for several steps, which is what small models are worst at',
  },
  {
    name: 'linear-is-enough',
    when: 'a linear classifier keeps the quality, as measured',
    of: ['no-llm'],
    weight: 'decides',
    holds: (_, { linearKeeps }) => linearKeeps === true,
    why: ({ of }) =>
      `a linear classifier keeps ${within(percent, { value: of.linear!.ends[1], low: of.linear!.ends[0], high: of.linear!.ends[2], level: 0.95 })} of the cloud's quality, and ${keep(of)} is asked for`,
  },
  {
    name: 'fast-on-the-device',
    when: 'the device answers in time for as many users as asked',
    of: ['on-device'],
    weight: 'speaks-for',
    holds: (of, { inTime }) => reaches(inTime.device, of),
    why: ({ of, option }) => users(of, option('on-device'), 'the device'),
  },
  {
    name: 'too-slow-on-the-device',
    when: 'the device answers in time for fewer users than asked',
    of: ['on-device'],
    weight: 'misses',
    holds: (of, { inTime, fits }) => fits > 0 && !reaches(inTime.device, of),
    why: ({ of, option }) => users(of, option('on-device'), 'the device'),
  },
  {
    name: 'fast-in-the-cloud',
    when: 'the cloud answers in time',
    of: ['cloud'],
    weight: 'speaks-for',
    holds: (_, { inTime }) => inTime.cloud === 1,
    why: ({ of }) => `the cloud takes ${milliseconds(of.cloudMs)}, and the target is ${target(of)}`,
  },
  {
    name: 'cloud-too-slow',
    when: 'the cloud does not answer in time',
    of: ['cloud'],
    weight: 'misses',
    holds: (_, { inTime }) => inTime.cloud === 0,
    why: ({ of }) => `the cloud takes ${milliseconds(of.cloudMs)}, and the target is ${target(of)}`,
  },
  {
    name: 'hybrid-has-no-part',
    when: 'no device takes part: none fits, or all are so slow that the cloud is faster at once',
    of: ['hybrid'],
    weight: 'forbids',
    holds: (_, { takesPart, fits }) => fits > 0 && takesPart === 0,
    why: () => 'no device would answer first: the cloud is faster at once for all users',
  },
  {
    name: 'hybrid-too-slow',
    when: 'device first and cloud where needed answer in time for fewer users than asked',
    of: ['hybrid'],
    weight: 'misses',
    holds: (of, { inTime, takesPart }) => takesPart > 0 && !reaches(inTime.both, of),
    why: ({ of, option }) => users(of, option('hybrid'), 'both together'),
  },
  {
    name: 'hybrid-keeps-quality',
    when: 'the device alone does not keep the quality for as many users as asked, and a bar that sends doubtful answers up would',
    of: ['hybrid'],
    weight: 'speaks-for',
    holds: (of, { keeps, takesPart }) => takesPart > 0 && !reaches(keeps, of),
    why: ({ of, option }) =>
      `with a bar that sends doubtful answers to the cloud ${keep(of)} of its quality is kept, and ${within(percent, option('hybrid').staysShare)} of the calls stay`,
  },
  {
    name: 'good-enough-for-some',
    when: 'the device is in time for as many users as asked, and for some of them no model keeps the quality',
    of: ['on-device'],
    weight: 'misses',
    holds: (of, { good, keeps, inTime }) => reaches(inTime.device, of) && !reaches(good, of) && keeps > 0,
    why: ({ of, figures }) =>
      `the device is in time and good enough for ${percent(figures.good)} of the users, and ${asked(of)} were asked for`,
  },
  {
    name: 'offline-is-better',
    when: 'offline is `better`: the device alone, or first, is chosen where it does what is asked, whatever it costs',
    of: ['on-device', 'hybrid'],
    weight: 'favours',
    holds: (of, { takesPart }, choice) =>
      of.useCase.offline === 'better' && hasPick(of) && (choice === 'on-device' || reaches(takesPart, of)),
    why: ({ figures }, choice) => {
      const own = choice === 'on-device' ? figures.usd.device : figures.usd.both
      return `it works without a network, which was asked for where possible; that costs ${money(own)} a month, the cloud ${money(figures.usd.cloud)}`
    },
  },
  {
    name: 'cheap-in-the-cloud',
    when: "the cloud costs less a month than the device's side, and may be asked",
    of: ['cloud'],
    weight: 'speaks-for',
    holds: (of, figures) => maySend(of) && figures.usd.cloud < deviceSideUsd(figures),
    why: ({ of, figures, breakEven }) =>
      `${count(of.useCase.volume.callsPerMonth)} calls cost ${money(figures.usd.cloud)} a month in the cloud, and the device's side ${money(deviceSideUsd(figures))}${breakEven === null ? '' : `: they meet at about ${count(Number(breakEven.toPrecision(3)))} calls`}`,
  },
  {
    name: 'break-even-reached',
    when: 'the device alone costs no more a month than the cloud, which may be asked',
    of: ['on-device'],
    weight: 'speaks-for',
    holds: (of, { usd }) => maySend(of) && hasPick(of) && usd.device <= usd.cloud,
    why: ({ of, figures }) =>
      `${count(of.useCase.volume.callsPerMonth)} calls cost ${money(figures.usd.cloud)} a month in the cloud, and the device alone ${money(figures.usd.device)}`,
  },
  {
    name: 'hybrid-cuts-the-bill',
    when: 'device first costs less a month than the cloud alone, which may be asked',
    of: ['hybrid'],
    weight: 'speaks-for',
    holds: (of, { usd, takesPart }) => maySend(of) && takesPart > 0 && usd.both < usd.cloud,
    why: ({ figures, option }) =>
      `both together cost ${within(money, option('hybrid').usdPerMonth)} a month, the cloud alone ${money(figures.usd.cloud)}`,
  },
]

const quality = ({ quality: kept }: Option): string =>
  kept === null ? 'an unknown share' : keptInWords(kept)

const users = (of: Case, { usersInTime }: Option, who: string): string =>
  `${who} answers ${within(percent, usersInTime)} of the users in ${target(of)}, and ${asked(of)} were asked for`

/** Models that would be shipped and that nobody measured, what most users would get first. */
export function unmeasured({ picks, fleet }: Case): readonly string[] {
  const shares = new Map<string, number>()
  picks.forEach((pick, i) => {
    if (pick === null || pick.kept !== null) return
    shares.set(pick.model.id, (shares.get(pick.model.id) ?? 0) + fleet.devices[i]!.share)
  })
  return [...shares].sort(([, a], [, b]) => b - a).map(([id]) => id)
}

const gigabytes = (size: number): string => `${(size / 1e9).toFixed(size < 995e6 ? 2 : 1)} GB`

function largest({ fleet }: Case): { readonly usableBytes: number; readonly name: string } {
  return fleet.devices.map(({ device }) => device).reduce((a, b) => (b.usableBytes > a.usableBytes ? b : a))
}
