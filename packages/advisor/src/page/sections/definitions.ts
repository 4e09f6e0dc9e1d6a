/** What the words and figures of a verdict mean. */
import type { Section } from '@edgewise/evidence'

export const terms: readonly (readonly [term: string, meaning: string])[] = [
  [
    'Interval',
    'What stands in brackets: the value lies there eight times in ten, as tested on devices that the fit had not seen; of quality nineteen times in twenty. A number without one is sure, given what the team said.',
  ],
  [
    'Users in time',
    'The share of users on whose device, or to whom from the cloud, the asked latency is met.',
  ],
  ['On-device', 'Every call is answered on the device. Nothing leaves.'],
  ['Hybrid', 'The device answers first; what does not pass its bar goes to the cloud.'],
  ['Cloud', 'Every call goes up.'],
  ['No LLM needed', 'A linear classifier keeps the quality that was asked for.'],
  [
    'Uncertain',
    'An interval straddles what decides. What it leans to is the answer at the values in the middle.',
  ],
  [
    'Whatever the volume',
    'Engineering and downloads, spread over the months that were given. The rest grows with the calls.',
  ],
  ['Break-even', "Calls a month at which the device's side costs as much as the cloud."],
  [
    'Memory at most',
    'Of the process that answers. Whether it fits is held against what an app may use, not against what is built in.',
  ],
]

export const definitions = (): Section => ({
  id: 'definitions',
  title: 'What the words mean',
  lead: '',
  blocks: [{ kind: 'terms', terms }],
})
