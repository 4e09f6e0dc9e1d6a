/** Does the task fit a small model? Thirty requests, put to the embedded model and to a classifier that needs no LLM. */
import { readFile } from 'node:fs/promises'
import { labelsOf, measureQuality, oneOfLabels, qualityTrace, readExamples } from '@edgewise/advisor'
import { loadMini } from '@edgewise/mini'
import { miniDevice } from 'edgewise'

const file = new URL('./intents.jsonl', import.meta.url)
const examples = readExamples(await readFile(file, 'utf8'), 'intents.jsonl')
const grader = oneOfLabels(labelsOf(examples))

using mini = await loadMini()
const measured = await measureQuality(
  examples,
  [
    { who: 'edgewise-mini', model: miniDevice(mini) },
    { who: 'linear', model: 'linear' },
  ],
  grader,
  { task: 'intent' },
)
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`
for (const { who, right, of, low, high } of measured)
  console.log(`${who}: ${right} of ${of}, so ${percent(low)} to ${percent(high)}`)

// What `certify` and `replay` work from.
const [first] = qualityTrace(measured, 'intent')
console.log(first?.models['edgewise-mini'])

// Prints:
// edgewise-mini: 30 of 30, so 88.4 % to 100.0 %
// linear: 19 of 30, so 43.9 % to 80.1 %
// {
//   score: 1,
//   signals: { meanLogprob: -0.00038… },
//   …
// }
