/**
 * The spans of a call: one for the call and one below it for each attempt, made when the receipt is there, with the times of the
 * receipt. Without a registered tracer it costs a function call. Prompts and answers are recorded only where the host asks for it
 * and the task's texts may leave as they are: a collector of traces is another machine. A tracer that throws changes nothing.
 */
import type { LanguageModelV4CallOptions, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import type { Attempt, Receipt } from '@edgewise/evidence'
import {
  type Attributes,
  type Context,
  context,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import { textOf } from '../call/pursuit.ts'
import { ALARM, attribute, type operation, scope } from './names.ts'

/** What was said, for a host that wants it in its traces. */
export interface Contents {
  readonly prompt: LanguageModelV4CallOptions['prompt']
  readonly answer: readonly LanguageModelV4StreamPart[] | null
}

type Operation = (typeof operation)[keyof typeof operation]

/**
 * Writes the spans of a call that ended. `parent`: the context it was made in. `cloudProvider`: of the cloud's model, as the AI SDK
 * names it (`openai.chat`). Never throws.
 */
export function traceCall(
  receipt: Receipt,
  call: LanguageModelV4CallOptions,
  parent: Context,
  contents: Contents | null,
  name: Operation,
  cloudProvider = 'cloud',
): void {
  try {
    const told = receipt.privacy === 'anything' ? contents : null
    writeSpans(receipt, call, parent, told, name, providerOf(cloudProvider))
  } catch {
    // A tracer or an exporter that fails is no fault of the call.
  }
}

function writeSpans(
  receipt: Receipt,
  call: LanguageModelV4CallOptions,
  parent: Context,
  contents: Contents | null,
  name: Operation,
  cloud: string,
): void {
  const tracer = trace.getTracer(scope)
  const start = Date.parse(receipt.at)
  const span = tracer.startSpan(
    `${name} ${receipt.model ?? receipt.task}`,
    { kind: SpanKind.INTERNAL, startTime: start },
    parent,
  )
  if (span.isRecording()) {
    span.setAttributes(
      present({ ...requestOf(call, name), ...receiptOf(receipt), ...(contents && contentsOf(contents)) }),
    )
    fail(span, receipt.error)
    const inside = trace.setSpan(parent, span)
    for (const attempt of receipt.attempts) {
      const began = start + attempt.startMs
      const child = tracer.startSpan(
        `${name} ${attempt.model}`,
        { kind: attempt.place === 'cloud' ? SpanKind.CLIENT : SpanKind.INTERNAL, startTime: began },
        inside,
      )
      child.setAttributes(present(attemptOf(attempt, name, cloud)))
      fail(child, attempt.outcome === 'failed' ? attempt.code : null)
      child.end(began + attempt.ms)
    }
  }
  span.end(start + receipt.totalMs)
}

/**
 * A span that is an error, once: what a certificate claims may not hold any more. `kind`: what spoke against it; `after`: answers or
 * audits until then; `why`: a clause for people. Never throws.
 */
export function traceAlarm(
  { id, task }: { readonly id: string; readonly task: string },
  { kind, after, why }: { readonly kind: string; readonly after: number; readonly why: string },
): void {
  try {
    const span = trace.getTracer(scope).startSpan(ALARM, { kind: SpanKind.INTERNAL })
    span.setAttributes({
      [attribute.certificate]: id,
      [attribute.task]: task,
      [attribute.alarm]: kind,
      [attribute.alarmAfter]: after,
      [attribute.why]: why,
    })
    fail(span, `drift_${kind}`)
    span.end()
  } catch {
    // As above.
  }
}

/** The context of whoever makes the call. */
export const callContext = (): Context => context.active()

function fail(span: Span, code: string | null): void {
  if (code === null) return
  span.setAttribute(attribute.errorType, code)
  span.setStatus({ code: SpanStatusCode.ERROR, message: code })
}

const requestOf = (call: LanguageModelV4CallOptions, name: Operation) => ({
  [attribute.operation]: name,
  [attribute.provider]: scope,
  [attribute.requestModel]: 'edgewise',
  [attribute.maxTokens]: call.maxOutputTokens,
  [attribute.temperature]: call.temperature,
  [attribute.topP]: call.topP,
  [attribute.topK]: call.topK,
  [attribute.seed]: call.seed,
})

const receiptOf = (receipt: Receipt) => ({
  [attribute.responseId]: receipt.id,
  [attribute.responseModel]: receipt.model,
  // The convention counts in seconds.
  [attribute.timeToFirstChunk]: receipt.firstTokenMs === null ? null : receipt.firstTokenMs / 1000,
  [attribute.inputTokens]: receipt.inputTokens,
  [attribute.outputTokens]: receipt.outputTokens,
  [attribute.cachedTokens]: receipt.cachedTokens,
  [attribute.task]: receipt.task,
  [attribute.place]: receipt.place,
  [attribute.why]: receipt.why,
  [attribute.privacy]: receipt.privacy,
  [attribute.costUsd]: receipt.costUsd,
  [attribute.avoidedUsd]: receipt.avoidedUsd,
  [attribute.bytesOut]: receipt.bytesOut,
  [attribute.rehearsal]: receipt.rehearsal,
  [attribute.certificate]: receipt.certificate,
})

/** Of a cloud that the policy names only the protocol is known: whose models stand behind it is not. */
function providerOf(cloudProvider: string): string {
  const name = cloudProvider.split('.', 1)[0]!
  return name === 'cloud' ? 'openai_compatible' : name
}

const attemptOf = (attempt: Attempt, name: Operation, cloud: string) => ({
  [attribute.operation]: name,
  [attribute.provider]: attempt.place === 'cloud' ? cloud : scope,
  [attribute.requestModel]: attempt.model,
  [attribute.inputTokens]: attempt.inputTokens,
  [attribute.outputTokens]: attempt.outputTokens,
  [attribute.cachedTokens]: attempt.cachedTokens,
  [attribute.timeToFirstChunk]: attempt.firstOutputMs === null ? null : attempt.firstOutputMs / 1000,
  [attribute.place]: attempt.place,
  [attribute.outcome]: attempt.outcome,
  [attribute.costUsd]: attempt.costUsd,
  [attribute.tries]: attempt.tries,
})

const contentsOf = ({ prompt, answer }: Contents) => ({
  [attribute.inputMessages]: JSON.stringify(prompt),
  [attribute.outputMessages]: answer === null ? null : textOf(answer),
})

/** A span has no null. */
function present(attributes: {
  readonly [name: string]: string | number | boolean | null | undefined
}): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).filter(
      (entry): entry is [string, string | number | boolean] => entry[1] != null,
    ),
  )
}
