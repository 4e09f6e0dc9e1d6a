/** The names of all metrics, what they count and by what. No label is made of what a caller wrote. */

export interface MetricSpec {
  readonly name: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly help: string
}

/** Of finished calls. Labels: task, place (`none` when no place answered), outcome (`ok`, `error`, or `aborted` by the caller). */
export const CALLS: MetricSpec = {
  name: 'edgewise_calls_total',
  type: 'counter',
  help: 'Calls that have ended.',
}
/** Label: code. */
export const ERRORS: MetricSpec = {
  name: 'edgewise_errors_total',
  type: 'counter',
  help: 'Requests answered with an error, also those that never became a call.',
}
/** Labels: place, kind (`input`, `cached`, `output`). */
export const TOKENS: MetricSpec = {
  name: 'edgewise_tokens_total',
  type: 'counter',
  help: 'Tokens at the answering place; cached ones are part of the input.',
}
export const COST: MetricSpec = {
  name: 'edgewise_cost_usd_total',
  type: 'counter',
  help: 'US dollars spent, where the price is known.',
}
/** A gauge, as a lost race makes it smaller. */
export const AVOIDED: MetricSpec = {
  name: 'edgewise_avoided_usd',
  type: 'gauge',
  help: 'US dollars not spent against the cloud alone, since the start.',
}
export const BYTES_OUT: MetricSpec = {
  name: 'edgewise_sent_bytes_total',
  type: 'counter',
  help: 'Bytes of request bodies that left this device.',
}
/** Label: place. */
export const FIRST_TOKEN: MetricSpec = {
  name: 'edgewise_first_token_seconds',
  type: 'histogram',
  help: 'From the call to the first output its caller could see.',
}
/** Label: place. */
export const DURATION: MetricSpec = {
  name: 'edgewise_call_duration_seconds',
  type: 'histogram',
  help: 'From the call to its end.',
}
export const IN_FLIGHT: MetricSpec = {
  name: 'edgewise_calls_in_flight',
  type: 'gauge',
  help: 'Calls that run now.',
}
/** 1 or 0. Labels: certificate (its id), task. */
export const CERTIFICATES: MetricSpec = {
  name: 'edgewise_certificate_in_force',
  type: 'gauge',
  help: 'Whether the certificate of a bar fits what runs and no drift was noticed.',
}
export const RATE_LIMITED: MetricSpec = {
  name: 'edgewise_rate_limited_total',
  type: 'counter',
  help: 'Calls refused because their key had made too many.',
}
export const UNRECORDED: MetricSpec = {
  name: 'edgewise_receipts_unrecorded_total',
  type: 'counter',
  help: 'Calls whose receipt the ledger did not acknowledge.',
}
