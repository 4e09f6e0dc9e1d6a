/** What each option costs over the volume, and where the device's side begins to pay. */
import { type Block, type Cell, type Section, type Series, type Tone, text } from '@edgewise/evidence'
import type { Option, Verdict } from '../../decide/types.ts'
import type { Trail } from '../trail.ts'
import { lowerTitle, rounded, usd, whole, within } from '../words.ts'
import { tones } from './summary.ts'

export function money(verdict: Verdict, trail: Trail): Section {
  return {
    id: 'money',
    title: 'What it costs',
    lead: 'Users pay for computing on the device, the team for building it, for downloads and for the cloud.',
    blocks: [text(breakEven(verdict, trail)), ...curves(verdict), ...engineering(verdict, trail)],
  }
}

function breakEven(verdict: Verdict, trail: Trail): Cell {
  const { breakEvenCallsPerMonth: at, useCase } = verdict
  if (at === null) return "At no volume does the device's side cost less than the cloud."
  const now = useCase.volume.callsPerMonth
  const beside = now > at.high ? ', above it' : now < at.low ? ', below it' : ', within that interval'
  return [
    "The device's side costs as much as the cloud at ",
    trail.to(undefined, at.value, within(at, rounded)),
    ` calls a month; today there are ${whole(now)}${beside}.`,
  ]
}

const POINTS = 48

function curves(verdict: Verdict): readonly Block[] {
  const { options, useCase, breakEvenCallsPerMonth } = verdict
  const now = useCase.volume.callsPerMonth
  const even = breakEvenCallsPerMonth?.value ?? null
  const most = 2 * Math.max(now, even ?? 0)
  if (options.length === 0 || !Number.isFinite(most) || most <= 0) return []
  // Far from each other, both are seen on logarithmic axes alone.
  const isFar = now > 0 && even !== null && even > 0 && (even > 8 * now || now > 8 * even)
  const least = isFar ? Math.min(now, even) / 4 : 0
  const volumes = Array.from({ length: POINTS + 1 }, (_, i) =>
    isFar ? least * (most / least) ** (i / POINTS) : (most * i) / POINTS,
  )
  const log = isFar ? ({ log: true } as const) : { min: 0 }
  return [
    {
      kind: 'lines',
      tones: options.map(({ answer }): Tone => tones[answer]),
      chart: {
        title: 'Dollars a month over calls a month',
        x: {
          label: `calls a month${isFar ? ', logarithmic' : ''}`,
          ...log,
          ...(isFar && { min: least, max: most }),
          format: short,
        },
        y: { label: `US dollars a month${isFar ? ', logarithmic' : ''}`, ...log, format: usd },
        series: options.map((option) => curveOf(option, volumes)),
        uprights: [
          { x: now, text: `today, ${short(now)}` },
          ...(even === null ? [] : [{ x: even, text: `break-even, ${short(even)}` }]),
        ],
        width: 1000,
        height: 380,
      },
    },
  ]
}

function curveOf(
  { answer, fixedUsdPerMonth, usdPerCall, ruledOutBy }: Option,
  volumes: readonly number[],
): Series {
  const at = (perCall: number, calls: number): number => fixedUsdPerMonth + perCall * calls
  return {
    name: `${lowerTitle(answer)}${ruledOutBy.length > 0 ? ' (ruled out)' : ''}`,
    kind: 'line',
    dashed: ruledOutBy.length > 0,
    points: volumes.map((calls) => [calls, at(usdPerCall.value, calls)] as const),
    ...(usdPerCall.low < usdPerCall.high && {
      band: volumes.map((calls) => [calls, at(usdPerCall.low, calls), at(usdPerCall.high, calls)] as const),
    }),
  }
}

/** 1.2 M, 350 k. */
function short(value: number): string {
  const [size, unit] =
    value >= 999.5e6 ? [1e9, ' bn'] : value >= 999.5e3 ? [1e6, ' M'] : value >= 9995 ? [1e3, ' k'] : [1, '']
  return value === 0 ? '0' : `${Number((value / size).toPrecision(3))}${unit}`
}

function engineering({ useCase: { engineering }, price }: Verdict, trail: Trail): readonly Block[] {
  const { days, usdPerDay, months, egressUsdPerGB } = engineering
  return [
    {
      kind: 'table',
      caption: 'What was reckoned with',
      columns: [
        { head: 'Input', align: 'left' },
        { head: 'Value', align: 'left' },
      ],
      rows: [
        ['Engineering', `${whole(days)} days at ${usd(usdPerDay)}, spread over ${whole(months)} months`],
        ['Downloads', `$${egressUsdPerGB} a GB`],
        [
          'Cloud',
          trail.toRow(
            price.id,
            `${price.name}: $${price.inputPerMTok} a million tokens in${price.cachedInputPerMTok === null ? '' : `, $${price.cachedInputPerMTok} cached`}, $${price.outputPerMTok} out, as of ${price.asOf}`,
          ),
        ],
      ],
    },
  ]
}
