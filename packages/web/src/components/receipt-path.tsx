/** The way of a call: each decision with what it saw and what it was held against, and each try at a place. */
import type { Attempt, Signal, Step } from '@edgewise/evidence'
import { formatFigure, formatLogprob, formatMs, formatUsd } from '../format.ts'
import { Line } from './receipt-line.tsx'

export function Path({ steps }: { steps: readonly Step[] }) {
  if (steps.length === 0) return null
  return (
    <section class="part" aria-label="Path">
      <h3>Path</h3>
      <ol class="path">
        {steps.map(({ rule, value, threshold, then }, at) => (
          <li key={at}>
            <span class="line">
              <span class="rule">{rule}</span>
              {value !== null && (
                <span>
                  {formatFigure(value)}
                  {threshold !== null && <span class="bar-of"> against {formatFigure(threshold)}</span>}
                </span>
              )}
            </span>
            <small>{then}</small>
          </li>
        ))}
      </ol>
    </section>
  )
}

export function Attempts({ attempts }: { attempts: readonly Attempt[] }) {
  const [only] = attempts
  // One that answered at once is told by the rest of the receipt.
  if (!only || (attempts.length === 1 && only.outcome === 'answered' && only.tries === 1)) return null
  return (
    <section class="part" aria-label="Tries">
      <h3>Tries</h3>
      <ol class="attempts">
        {attempts.map((a, at) => (
          <li key={at} data-outcome={a.outcome}>
            <span class="place" data-place={a.place}>
              {a.place}
            </span>{' '}
            {a.outcome}, {formatMs(a.ms)}
            <small>{details(a).join(' · ')}</small>
          </li>
        ))}
      </ol>
    </section>
  )
}

function details(a: Attempt): string[] {
  return [
    a.model,
    ...(a.startMs >= 1 ? [`begun at ${formatMs(a.startMs)}`] : []),
    ...(a.tries > 1 ? [`sent ${a.tries} times`] : []),
    ...(a.costUsd === 0 ? [] : [`${a.estimated ? 'about ' : ''}${formatUsd(a.costUsd)}`]),
    ...(a.code === null ? [] : [a.code]),
    ...(a.note === '' ? [] : [a.note]),
  ]
}

const names: Readonly<Record<string, string>> = {
  meanLogprob: 'mean logprob',
  minLogprob: 'least logprob',
  margin: 'least margin',
}

export function Signals({ signals }: { signals: readonly Signal[] }) {
  if (signals.length === 0) return null
  return (
    <section class="part" aria-label="Signals">
      <h3>Signals</h3>
      <dl>
        {signals.map((signal) => (
          <Line key={signal.name} name={names[signal.name] ?? signal.name}>
            <span class="signal" data-pass={signal.pass}>
              {judged(signal)}
            </span>
          </Line>
        ))}
      </dl>
    </section>
  )
}

/** `−0.04 ≥ −0.60 ✓`. A length passes when it is short, everything else when it is high; a schema has no number to show. */
function judged({ name, value, threshold, pass }: Signal): string {
  const mark = pass === null ? '' : pass ? ' ✓' : ' ✗'
  if (name === 'schema') return `${value > 0 ? 'valid' : 'not valid'}${mark}`
  const figure = name === 'length' ? formatFigure : formatLogprob
  if (threshold === null) return `${figure(value)}${mark}`
  const sign =
    value === threshold
      ? '='
      : name === 'length'
        ? value < threshold
          ? '≤'
          : '>'
        : value > threshold
          ? '≥'
          : '<'
  return `${figure(value)} ${sign} ${figure(threshold)}${mark}`
}
