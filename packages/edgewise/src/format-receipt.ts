/** A receipt as a short block of aligned plain text for terminals: no colours, no control characters. */
import type { Attempt, Receipt } from '@edgewise/evidence'
import type { Policy } from './policy.ts'

const WIDTH = 96
const LABEL = 10

/**
 * The policy names the price behind the avoided cost. A label is one word at the start of a line; the lines that go on
 * with a long text start with spaces.
 */
export function formatReceipt(receipt: Receipt, policy?: Pick<Policy, 'cloud' | 'reference'>): string {
  const { place, model, error, signal, attempts } = receipt
  const rows: [label: string, text: string][] = [
    [receipt.task, receipt.id],
    ['place', place === null ? 'none' : `${place} · ${model}`],
    ['why', receipt.why],
  ]
  if (error !== null) rows.push(['error', error])
  if (signal !== null) rows.push(['check', checked(signal.value, signal.threshold)])
  rows.push(['speed', list(speed(receipt))], ['cost', list(cost(receipt, policy))])
  rows.push(['sent', bytes(receipt.bytesOut)])
  if (attempts.length > 1) {
    attempts.forEach((attempt, index) => {
      rows.push([index === 0 ? 'tries' : '', tried(attempt)])
    })
  }
  const width = Math.max(LABEL, ...rows.map(([label]) => label.length + 2))
  return rows.map(([label, text]) => row(label, printable(text), width)).join('\n')
}

function row(label: string, text: string, width: number): string {
  const lines = wrap(text, WIDTH - width)
  return lines.map((line, index) => (index === 0 ? label : '').padEnd(width) + line).join('\n')
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
  }
  return [...lines, line]
}

const printable = (text: string): string => text.replace(/\p{Cc}/gu, '?')

const list = (parts: readonly (string | null)[]): string => parts.filter((part) => part !== null).join(' · ')

const milliseconds = (ms: number): string =>
  ms < 10 ? `${ms.toFixed(1)} ms` : ms < 10_000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`

function checked(value: number, threshold: number | null): string {
  const seen = `mean logprob ${value.toFixed(2)}`
  if (threshold === null) return seen
  return `${seen}, ${value >= threshold ? 'over' : 'under'} the bar of ${threshold.toFixed(2)}`
}

function speed(receipt: Receipt): (string | null)[] {
  const { firstTokenMs, totalMs, tokensPerSecond, inputTokens, cachedTokens, outputTokens } = receipt
  const cached = cachedTokens ? ` (${cachedTokens} cached)` : ''
  return [
    firstTokenMs === null ? null : `first output ${milliseconds(firstTokenMs)}`,
    `total ${milliseconds(totalMs)}`,
    tokensPerSecond === null ? null : `${tokensPerSecond.toFixed(1)} tokens/s`,
    inputTokens === null || outputTokens === null
      ? null
      : `${inputTokens} tokens in${cached}, ${outputTokens} out`,
  ]
}

function cost(
  { costUsd, avoidedUsd, place }: Receipt,
  policy?: Pick<Policy, 'cloud' | 'reference'>,
): (string | null)[] {
  return [
    costUsd === null
      ? 'unknown (the cloud has no price in the policy, or reported no tokens)'
      : dollars(costUsd),
    avoidedUsd === null || place !== 'device' ? null : `${dollars(avoidedUsd)} avoided${priceName(policy)}`,
  ]
}

function priceName(policy?: Pick<Policy, 'cloud' | 'reference'>): string {
  if (policy?.cloud?.price !== undefined) return ` (price of ${policy.cloud.model})`
  const { reference } = policy ?? {}
  return reference === undefined ? '' : ` (price of ${reference.model}, ${reference.asOf})`
}

/** Two figures that count: calls cost millionths. */
function dollars(usd: number): string {
  if (usd === 0) return '$0'
  const digits = Math.min(20, Math.max(2, 1 - Math.floor(Math.log10(Math.abs(usd)))))
  return `$${usd.toFixed(digits)}`
}

function bytes(count: number): string {
  if (count === 0) return 'nothing left this device'
  return count < 10_000 ? `${count} bytes` : `${(count / 1000).toFixed(1)} kB`
}

function tried({ place, model, outcome, note, ms }: Attempt): string {
  return list([`${place} ${model}`, `${outcome} after ${milliseconds(ms)}`, note === '' ? null : note])
}
