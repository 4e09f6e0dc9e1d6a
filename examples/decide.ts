/** The advisor: five answers about a use case, a verdict with its numbers, a page for the meeting, a policy that runs. */
import { checkUseCase, decide, facts, policyOf, verdictHtml, verdictMarkdown } from '@edgewise/advisor'

const useCase = checkUseCase({
  name: 'Shorten notes',
  fit: {
    kind: 'rewrite',
    models: ['llama-3.2-1b'],
    keep: 0.9,
    measured: [
      { who: 'cloud', right: 372, of: 400 },
      { who: 'llama-3.2-1b', right: 368, of: 400, kept: { value: 0.989, low: 0.962, high: 1.012 } },
    ],
  },
  latency: { targetMs: 60_000, of: 'whole-answer' },
  privacy: 'nothing-leaves',
  offline: 'must',
  volume: { callsPerMonth: 300_000, users: 2000, promptTokens: 250, outputTokens: 120 },
  cloud: { model: 'gpt-5-nano' },
  fleet: 'laptops-mixed', // or your own devices with their shares
})

const verdict = decide(useCase, facts)
console.log(verdict.answer)
for (const { answer, ruledOutBy } of verdict.options)
  console.log(answer, ruledOutBy.length === 0 ? 'may be chosen' : `is ruled out by ${ruledOutBy[0]}`)
for (const { what, at, then } of verdict.flips) console.log(what, at, 'would make it', then)
console.log(policyOf(verdict).tasks)
console.log(verdictMarkdown(verdict, facts).split('\n\n')[3]) // verdictHtml is the page
console.log(verdictHtml(verdict, facts).includes('<script'))

// Prints:
// on-device
// on-device may be chosen
// hybrid is ruled out by privacy-keeps-it-here
// cloud is ruled out by privacy-keeps-it-here
// …{ 'shorten-notes': { place: 'device-only' } }
// On the device: …
// false
