/**
 * The policy of a host that brings none: the small tasks run on the device, personal data never leaves it, and a call
 * without a task goes to the cloud when there is one. It has no cloud itself; add one with `{ ...defaultPolicy, cloud }`.
 * The thresholds are modest starting points (exp(-0.7) = a label that is as likely as not; exp(-0.2) = tokens that
 * are 82 % likely on average), to be replaced by ones measured on the host's own traffic.
 */
import type { Policy } from './policy.ts'

export const defaultPolicy: Policy = {
  version: 1,
  reference: {
    model: 'gpt-5-nano',
    inputPerMTok: 0.05,
    outputPerMTok: 0.4,
    asOf: '2026-08-05',
    source: 'simonw/llm-prices data/openai.json @723ef0b',
  },
  tasks: {
    intent: {
      place: 'prefer-device',
      escalate: { minMeanLogprob: -0.7 },
      instructions:
        "Name the intent of the user's message as one snake_case label, or oos when it has none. Answer with the label only.",
    },
    json: {
      place: 'prefer-device',
      escalate: { minMeanLogprob: -0.2 },
      instructions:
        'Extract the intent and the slots of the user\'s message. Answer with one JSON object only, without a code fence: {"intent": string, "slots": [{"name": string, "value": string}]}.',
    },
    redact: { place: 'device-only' },
    fix: {
      place: 'prefer-device',
      escalate: { minMeanLogprob: -0.2 },
      instructions:
        "Correct spelling and grammar of the user's message and change nothing else. Answer with the corrected text only.",
    },
    complete: {
      place: 'prefer-device',
      instructions: "Continue the user's text. Answer with the continuation only.",
    },
  },
  default: { place: 'prefer-cloud', deviceTask: 'complete' },
}
