/** The options side by side, each number with its interval; what is shipped to whom; who waits how long under each. */
import { type Block, type Cell, type Section, table, UNKNOWN } from '@edgewise/evidence'
import type { Option, Verdict } from '../../decide/types.ts'
import type { Predicted } from '../../predict/types.ts'
import { chosenOf, stepNames } from '../shown.ts'
import type { Trail } from '../trail.ts'
import { answerTitles, gigabytes, keptText, lowerTitle, ms, shareText, usd, within } from '../words.ts'

export function options(verdict: Verdict, trail: Trail): Section {
  return {
    id: 'options',
    title: 'The options side by side',
    lead: 'Each over the whole fleet. Intervals hold eight times in ten, of quality nineteen in twenty, unless a number is sure.',
    blocks: [...compared(verdict, trail), ...waits(verdict, trail), ...ships(verdict, trail)],
  }
}

export function compared(verdict: Verdict, trail: Trail): readonly Block[] {
  const { options, useCase } = verdict
  const { latency } = useCase
  const chosen = chosenOf(verdict)
  const row = (name: string, cell: (option: Option) => Cell): readonly Cell[] => [name, ...options.map(cell)]
  const predicted = (
    option: Option,
    value: Predicted,
    format: (value: number) => string,
    named?: string,
  ): Cell => trail.to(option, value.value, within(value, format), named)
  return table(
    `${latency.of === 'first-token' ? 'First token' : 'Whole answer'} within ${ms(latency.targetMs)} for ${shareText(latency.share)} of users is the target`,
    [
      '',
      ...options.map(
        (option) =>
          `:${answerTitles[option.answer]}${option === chosen ? (verdict.answer === 'uncertain' ? ' (leaning)' : ' (the verdict)') : ''}`,
      ),
    ],
    [
      row('Users in time', (option) => predicted(option, option.usersInTime, shareText, stepNames.users)),
      row(`Time that ${shareText(latency.share)} of users meet`, (option) =>
        option.latencyMs === null ? 'fewer get an answer' : predicted(option, option.latencyMs, ms),
      ),
      row("Of the cloud's quality", (option) =>
        option.quality === null ? UNKNOWN : trail.to(option, option.quality.value, keptText(option.quality)),
      ),
      row('Dollars a month', (option) => predicted(option, option.usdPerMonth, usd)),
      row('of that, whatever the volume', (option) =>
        trail.to(option, option.fixedUsdPerMonth, usd(option.fixedUsdPerMonth)),
      ),
      row('Dollars a thousand calls', ({ usdPerCall, ...option }) =>
        trail.to(
          options.find(({ answer }) => answer === option.answer),
          usdPerCall.value,
          within(thousand(usdPerCall), usd),
        ),
      ),
      row('Calls that never leave the device', (option) =>
        predicted(option, option.staysShare, shareText, stepNames.stays),
      ),
      row('Works offline', ({ worksOffline }) => (worksOffline ? 'yes' : 'no')),
      row('Ruled out by', ({ ruledOutBy }) => (ruledOutBy.length === 0 ? '-' : ruledOutBy.join(', '))),
    ],
  )
}

const thousand = ({ value, low, high, level }: Option['usdPerCall']): Option['usdPerCall'] => ({
  value: value * 1000,
  low: low * 1000,
  high: high * 1000,
  level,
})

function waits({ options }: Verdict, trail: Trail): readonly Block[] {
  const shares = [
    ...new Set(options.flatMap(({ percentiles }) => percentiles.map(({ share }) => share))),
  ].toSorted((a, b) => a - b)
  if (shares.length === 0) return []
  return table(
    'Who waits how long',
    ['Option', ...shares.map((share) => `:${shareText(share)} of users`)],
    options.map((option) => [
      answerTitles[option.answer],
      ...shares.map((share): Cell => {
        const found = option.percentiles.find((one) => one.share === share)
        if (found === undefined) return '-'
        return found.ms === null ? 'no answer' : trail.to(option, found.ms.value, within(found.ms, ms))
      }),
    ]),
  )
}

function ships(verdict: Verdict, trail: Trail): readonly Block[] {
  const chosen = chosenOf(verdict)
  const shipping =
    chosen !== undefined && chosen.ships.length > 0
      ? chosen
      : verdict.options.find(({ ships }) => ships.length > 0)
  if (shipping === undefined) return []
  return table(
    `What is shipped to whom: ${lowerTitle(shipping.answer)}`,
    ['Device', ':Users', 'Model', 'Quantisation', ':File'],
    shipping.ships
      .toSorted((a, b) => b.share - a.share)
      .map(({ device, share, model, quantisation, fileBytes }) => [
        trail.toRow(device, device),
        shareText(share),
        trail.toRow(model, model),
        trail.toRow(quantisation, quantisation),
        gigabytes(fileBytes),
      ]),
  )
}
