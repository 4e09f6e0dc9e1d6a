/**
 * The policy of a host that brings none: the small tasks run on the device, personal data never leaves it, and a call
 * without a task goes to the cloud when there is one. It has no cloud itself; add one with `{ ...defaultPolicy, cloud }`.
 *
 * The bars are read off the embedded model's card (models/mini/README.md, "The signal"): on its dev items 94 % of the
 * intents stay and 99 % of those are right, 85 % and 94 % of the JSON, 93 % and 75 % of the corrections. They describe
 * those data sets; put ones measured on your own traffic in their place.
 *
 * What the cloud gets of the four small tasks is redacted: none of them needs to know who is meant. A placeholder is as good
 * as the name for telling an intent, is carried into a slot or through a correction and replaced on the way back; `redact`
 * itself stays here, since its answer is what must not leave. A call without a task goes up as it is: it is a chat, "the
 * capital of France" is lost with its France, and whoever names no task has asked for the cloud. Nothing is cached or
 * stored: both keep texts of users, which only the host can decide. Without a cloud everything is answered here (`offline`
 * is `device` by default), because an answer under its bar, marked as such, serves the caller better than none.
 */
import type { Policy } from './types.ts'

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
      privacy: 'redacted',
      escalate: [{ signal: 'meanLogprob', threshold: -0.2 }],
      instructions:
        "Name the intent of the user's message as one snake_case label, or oos when it has none. Answer with the label only.",
    },
    json: {
      place: 'prefer-device',
      privacy: 'redacted',
      escalate: [{ signal: 'meanLogprob', threshold: -0.05 }],
      instructions:
        'Extract the intent and the slots of the user\'s message. Answer with one JSON object only, without a code fence: {"intent": string, "slots": [{"name": string, "value": string}]}.',
    },
    redact: { place: 'device-only' },
    fix: {
      place: 'prefer-device',
      privacy: 'redacted',
      escalate: [{ signal: 'meanLogprob', threshold: -0.3 }],
      instructions:
        "Correct spelling and grammar of the user's message and change nothing else. Answer with the corrected text only.",
    },
    complete: {
      place: 'prefer-device',
      privacy: 'redacted',
      instructions: "Continue the user's text. Answer with the continuation only.",
    },
  },
  default: { place: 'prefer-cloud', deviceTask: 'complete' },
}
