/**
 * What if the calls are others than those a certificate was proven on? A bar certified on one set is run on another, in its order: the
 * harm if nobody watched, and under the monitor, with every outcome known, with a tenth of them audited, and with none. MMLU's test set is
 * sorted by subject, so its signal drifts by itself. Prints a Markdown table. Usage: npm run shift
 */
import { certifiedReplay, certify, judgedItem, type TraceItem } from '@edgewise/evidence'
import { type Pair, pairs, percent } from './pairs.ts'

const ALPHA = 0.05

/** As if they were one task: what the sets differ in by name would be refused before anything else. */
const disguised = (items: readonly TraceItem[]): TraceItem[] =>
  items.map((item) => ({
    ...item,
    task: 'one',
    models: Object.fromEntries(
      Object.entries(item.models).map(([model, outcome]) => [model, { ...outcome, template: null }]),
    ),
  }))

const all = await pairs()
const named = (set: string, device: string): Pair | undefined =>
  all.find(({ name }) => name === `${set} ${device}`)

console.log(
  `harm <= ${percent(ALPHA)}, delta 10 %; harm over the whole second set, and when the monitor fell back\n`,
)
console.log(
  '| proven on, run on | device | unwatched | every outcome known | a tenth audited | none audited |',
)
console.log('|---|---|---|---|---|---|')
for (const [from, to] of [
  ['TriviaQA train', 'TriviaQA'],
  ['MMLU train', 'MMLU'],
  ['TriviaQA train', 'MMLU'],
  ['GSM8K train', 'MMLU'],
  ['MMLU train', 'TriviaQA'],
  ['GSM8K train', 'TriviaQA'],
] as const)
  for (const device of ['llama3.2-1b', 'llama3.2-3b', 'llama3.1-8b', 'gpt-4o-mini']) {
    const [first, second] = [named(from, device), named(to, device)]
    if (first === undefined || second === undefined) continue
    const pair = { device, cloud: first.cloud }
    const certified = await certify(disguised(first.items), {
      pair,
      signal: 'meanLogprob',
      claim: { kind: 'harm', alpha: ALPHA },
      issuedAt: '2026-01-01T00:00:00.000Z',
    })
    if (certified.kind === 'refused') {
      console.log(`| ${from}, ${to} | ${device} | refused: ${certified.code} | | | |`)
      continue
    }
    const { certificate } = certified
    const items = disguised(second.items)
    const harmed = (isKept: (item: TraceItem) => boolean): number =>
      items.reduce((sum, item) => {
        const { device: own, cloud } = judgedItem(item, pair)!
        return sum + (isKept(item) ? Math.max(0, cloud.score - own.score) : 0)
      }, 0) / items.length
    const unwatched = harmed(
      (item) => item.models[device]!.signals.meanLogprob! >= certificate.bar!.threshold,
    )
    const watched = [1, 0.1, 0].map((audited) => {
      const policy = certifiedReplay(certificate, { audited })
      const harm = harmed((item) => policy.decide(item).place === 'device')
      return `${percent(harm)}${policy.fell === null ? ', stood' : `, ${policy.fell.kind} after ${policy.fell.item}`}`
    })
    const cell = unwatched > ALPHA ? `**${percent(unwatched)}**` : percent(unwatched)
    console.log(`| ${from}, ${to} | ${device} | ${cell} | ${watched.join(' | ')} |`)
  }
