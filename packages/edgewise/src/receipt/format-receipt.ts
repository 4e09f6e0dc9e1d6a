/** A receipt as a short block of aligned plain text for terminals: no colours, no control characters. */
import type { Attempt, Receipt, Signal } from '@edgewise/evidence'
import { beside } from '../signals/beside.ts'

const WIDTH = 96
const LABEL = 10

/** A label is one word at the start of a line; the lines that go on with a long text start with spaces. */
export function formatReceipt(receipt: Receipt): string {
  const { place, model, error, signals, attempts } = receipt
  const rows: [label: string, text: string][] = [
    [receipt.task, receipt.id],
    ['place', place === null ? 'none' : `${place} · ${model}`],
    ['why', receipt.why],
  ]
  if (receipt.rehearsal)
    rows.push(['rehearsal', 'the cloud was a rehearsal: nothing was bought, nothing saved'])
  if (error !== null) rows.push(['error', error])
  for (const [index, signal] of signals.entries()) rows.push([index === 0 ? 'check' : '', checked(signal)])
  if (receipt.certificate !== null) rows.push(['proof', `certificate ${receipt.certificate}`])
  rows.push(['speed', list(speed(receipt))], ['cost', list(cost(receipt))])
  rows.push(['sent', list(sent(receipt))])
  if (attempts.length > 1 || attempts.some(({ tries }) => tries > 1)) {
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

const printable = (text: string): string =>
  text.replace(/[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu, '?')

const list = (parts: readonly (string | null)[]): string => parts.filter((part) => part !== null).join(' · ')

const milliseconds = (ms: number): string =>
  ms < 10 ? `${ms.toFixed(1)} ms` : ms < 10_000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`

const titles: { readonly [name: string]: string } = {
  meanLogprob: 'mean logprob',
  minLogprob: 'least logprob',
  margin: 'least margin',
}

function checked({ name, value, threshold, pass }: Signal): string {
  if (name === 'schema') return pass ? 'its form is valid' : 'its form is not valid'
  if (name === 'length') return `${value} tokens, at most ${threshold} pass`
  const title = titles[name] ?? name
  if (threshold === null) return `${title} ${value.toFixed(2)}`
  const [seen, held] = beside(value, threshold)
  return `${title} ${seen}, ${value >= threshold ? 'over' : 'under'} the bar of ${held}`
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

function cost({ costUsd, avoidedUsd, place, price, rehearsal }: Receipt): (string | null)[] {
  const at = price === null ? '' : ` (price of ${price.model}${price.asOf === null ? '' : `, ${price.asOf}`})`
  const wasAvoided = avoidedUsd !== null && avoidedUsd !== 0 && (place === 'device' || avoidedUsd < 0)
  return [
    costUsd === null
      ? 'unknown (the cloud has no price in the policy, or reported no tokens)'
      : `${dollars(costUsd)}${rehearsal && costUsd > 0 ? ' rehearsed' : ''}`,
    !wasAvoided
      ? null
      : avoidedUsd > 0
        ? `${dollars(avoidedUsd)} avoided${at}`
        : `${dollars(-avoidedUsd)} more than the cloud alone${at}`,
  ]
}

function sent({ bytesOut, sentDigest, prepared }: Receipt): (string | null)[] {
  if (bytesOut === 0) return ['nothing left this device']
  const { redacted, selected, compressed } = prepared
  const hidden = Object.entries(redacted ?? {}).map(([type, count]) => `${count} ${type}`)
  return [
    bytes(bytesOut),
    sentDigest === null ? null : `sha256 ${sentDigest.slice(0, 12)}…`,
    redacted === null ? null : `redacted: ${hidden.join(', ') || 'nothing found'}`,
    selected === null ? null : `${selected.keptPassages} of ${selected.passages} passages`,
    compressed === null ? null : `${compressed.keptTokens} of ${compressed.tokens} tokens`,
  ]
}

/** Two figures that count: calls cost millionths. */
function dollars(usd: number): string {
  if (usd === 0) return '$0'
  const digits = Math.min(20, Math.max(2, 1 - Math.floor(Math.log10(Math.abs(usd)))))
  return `$${usd.toFixed(digits)}`
}

function bytes(count: number): string {
  return count < 10_000 ? `${count} bytes` : `${(count / 1000).toFixed(1)} kB`
}

function tried({ place, model, outcome, note, ms, tries, costUsd, estimated }: Attempt): string {
  return list([
    `${place} ${model}`,
    `${outcome} after ${milliseconds(ms)}`,
    tries > 1 ? `sent ${tries} times` : null,
    note === '' ? null : note,
    estimated && costUsd !== null && costUsd > 0 ? `about ${dollars(costUsd)}` : null,
  ])
}
