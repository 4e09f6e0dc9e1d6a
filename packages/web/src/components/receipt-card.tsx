/** The receipt of a call, as one that a till prints: tries first, then the figures, then what left the device. */
import type { Attempt, Receipt, Signal } from '@edgewise/evidence'
import {
  formatBytes,
  formatLogprob,
  formatMs,
  formatSentence,
  formatSpeed,
  formatTime,
  formatUsd,
  unknown,
} from '../format.ts'
import { PlaceName } from './place-name.tsx'

interface Props {
  readonly receipt: Receipt | null
  readonly inTab: (receipt: Receipt) => boolean
  readonly running: boolean
}

export function ReceiptCard({ receipt, inTab, running }: Props) {
  return (
    <aside class="receipt-side" aria-label="Receipt" aria-live="polite">
      <div class="paper" data-empty={receipt === null} key={receipt?.id ?? 'empty'}>
        {receipt ? <Printed receipt={receipt} inTab={inTab(receipt)} /> : <Blank running={running} />}
      </div>
    </aside>
  )
}

function Blank({ running }: { running: boolean }) {
  return (
    <>
      <h2>Receipt</h2>
      <p class="waiting">
        {running ? 'Printing when the call is done.' : 'Run a task: its receipt is printed here.'}
      </p>
    </>
  )
}

function Printed({ receipt, inTab }: { receipt: Receipt; inTab: boolean }) {
  const r = receipt
  return (
    <>
      <h2>Receipt</h2>
      <p class="stub">
        <time dateTime={r.at}>{formatTime(r.at)}</time> · {r.task}
        <br />
        <span class="id">{r.id}</span>
      </p>
      {r.attempts.length > 1 && <Attempts attempts={r.attempts} />}
      <dl>
        <Line name="where">
          <PlaceName receipt={r} inTab={inTab} />
        </Line>
        {r.model && <Line name="model">{r.model}</Line>}
      </dl>
      <p class="why">{formatSentence(r.why)}</p>
      <dl>
        <Line name="first token">{formatMs(r.firstTokenMs)}</Line>
        <Line name="total">{formatMs(r.totalMs)}</Line>
        {/* An answer in one piece has no decoding speed. */}
        {r.tokensPerSecond !== null && <Line name="speed">{formatSpeed(r.tokensPerSecond)}</Line>}
        <Line name="tokens in · out">
          {r.inputTokens ?? unknown} · {r.outputTokens ?? unknown}
        </Line>
        {r.signal && <Line name="signal">{signalText(r.signal)}</Line>}
      </dl>
      <dl>
        <Line name="cost">{formatUsd(r.costUsd)}</Line>
        <Line name="avoided">{formatUsd(r.avoidedUsd)}</Line>
        {r.error && <Line name="error">{r.error}</Line>}
      </dl>
      <dl class="left-device" data-none={r.bytesOut === 0}>
        <Line name="left this device">{formatBytes(r.bytesOut)}</Line>
      </dl>
    </>
  )
}

function Line({ name, children }: { name: string; children: preact.ComponentChildren }) {
  return (
    <div class="line">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

function Attempts({ attempts }: { attempts: readonly Attempt[] }) {
  return (
    <ol class="attempts" aria-label="Tries">
      {attempts.map((a) => (
        <li key={a.place}>
          <span class="place" data-place={a.place}>
            {a.place}
          </span>{' '}
          {a.outcome}, {formatMs(a.ms)}
          {a.note !== '' && <small>{a.note}</small>}
        </li>
      ))}
    </ol>
  )
}

function signalText({ value, threshold }: Signal): string {
  if (threshold === null) return formatLogprob(value)
  return `${formatLogprob(value)} ${value >= threshold ? '≥' : '<'} ${formatLogprob(threshold)}`
}
