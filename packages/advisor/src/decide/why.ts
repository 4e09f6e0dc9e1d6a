/** The verdict in one sentence. */
import { milliseconds, percent } from '@edgewise/evidence'
import { NEARLY } from '../fleet/shares.ts'
import type { Decided } from './choose.ts'
import type { Told } from './firings.ts'
import type { Answer, Option } from './types.ts'
import { keptInWords, money, within } from './words.ts'
import type { World } from './worlds.ts'

export const answerNames: Readonly<Record<Answer, string>> = {
  'on-device': 'on the device',
  hybrid: 'the device first, the cloud where needed',
  cloud: 'the cloud',
  'no-llm': 'no LLM',
  none: 'nothing that is allowed',
  uncertain: 'uncertain',
}

const things: Readonly<Record<keyof World, string>> = {
  speed: 'how fast the devices are',
  quality: 'how good the models are at this task',
  linear: 'how good a linear classifier is at it',
  signal: 'what the signal of a bar is worth',
}

export function whyOf(told: Told, { answer, leans, hangsOn }: Decided): string {
  const option = told.options.find((one) => one.answer === leans)
  const reason = option === undefined ? nothing(told) : reasonOf(told, option)
  if (answer !== 'uncertain') return `${upper(answerNames[leans])}: ${reason}.`
  const turns = hangsOn.map(({ of, then }) => {
    const other = told.options.find((one) => one.answer === then)
    // How fast the devices are may be what turns it: then they are in time at an end of the interval.
    const isLateThere = other !== undefined && of !== 'speed' && isLate(other, told.of.useCase.latency.share)
    const late = isLateThere ? `, in time for ${percent(other.usersInTime.value)} of the users` : ''
    return `${things[of]} may make it ${answerNames[then]}${late}`
  })
  return `Probably ${answerNames[leans]} (${reason}), but ${[...new Set(turns)].join(', and ')}.`
}

function reasonOf({ of, options }: Told, option: Option): string {
  const { latency, privacy, offline, fit } = of.useCase
  if (option.answer === 'no-llm')
    return `a linear classifier keeps ${keptInWords(option.quality!)} of the cloud's quality, and ${percent(fit.keep)} is asked for`
  const short = isLate(option, latency.share) ? `, where ${percent(latency.share)} were asked for` : ''
  const time = `${within(percent, option.usersInTime)} of the users are answered within ${milliseconds(latency.targetMs)}${short}`
  const cloud = options.find(({ answer }) => answer === 'cloud')!
  const others = options.filter(
    ({ answer, ruledOutBy }) => answer !== option.answer && answer !== 'no-llm' && ruledOutBy.length === 0,
  )
  if (option.answer === 'cloud') {
    const device = others.find(({ answer }) => answer === 'on-device') ?? others[0]
    const own = `it costs ${money(option.usdPerMonth.value)} a month`
    if (device === undefined) return `${time}, ${own}, and nothing else can do it`
    return `${time}, and ${own}, where the device's side would cost ${money(device.usdPerMonth.value)}${device.usersInTime.value < latency.share ? ` and be in time for ${percent(device.usersInTime.value)}` : ''}`
  }
  const must =
    privacy === 'nothing-leaves'
      ? ', nothing may leave the device'
      : offline === 'must'
        ? ', it must work without a network'
        : offline === 'better'
          ? ', it works without a network'
          : ''
  const kept =
    option.quality === null
      ? ', nobody has measured its quality'
      : `, ${keptInWords(option.quality)} of the cloud's quality is kept`
  const stays = option.answer === 'hybrid' ? `, ${within(percent, option.staysShare)} of the calls stay` : ''
  const compared = cloud.ruledOutBy.length === 0 ? `, the cloud ${money(cloud.usdPerMonth.value)}` : ''
  return `${time}${kept}${stays}${must}, and it costs ${money(option.usdPerMonth.value)} a month${compared}`
}

/** For fewer users in time than were asked for. */
const isLate = ({ usersInTime }: Option, asked: number): boolean => usersInTime.value < asked - NEARLY

function nothing({ options }: Told): string {
  const out = options.filter(({ ruledOutBy }) => ruledOutBy.length > 0)
  return out
    .map(
      ({ answer, ruledOutBy }, i) =>
        `${answer}${i === 0 ? ' is ruled out' : ''} by ${ruledOutBy.join(' and ')}`,
    )
    .join(', ')
}

const upper = (text: string): string => `${text[0]!.toUpperCase()}${text.slice(1)}`
