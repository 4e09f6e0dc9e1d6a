/**
 * What redaction by rules and putting back add to a call: milliseconds for a prompt of 2,000 letters, fresh and in a conversation
 * that grows, and microseconds for each part of an answer. The finder of names is another matter: it runs a model.
 *
 *     cd bench && npm run redact:time
 */
import type { LanguageModelV4CallOptions } from '@ai-sdk/provider'
import { loadMini } from '@edgewise/mini'
import { findIdentifiers, Restorer, Vault } from '@edgewise/redact'
import { miniNames } from '../../packages/edgewise/src/prepare/redact/mini-names.ts'
import { redactCall } from '../../packages/edgewise/src/prepare/redact/redact-call.ts'
import { presidioItems } from './items.ts'

const letters = 2000
const rounds = 400
const items = await presidioItems()
const telling = items.filter(({ text }) => findIdentifiers(text).length > 0)
/** Ordinary sentences and one with an identifier in turn; another beginning each round, so that nothing is warm but code. */
const prompts = Array.from({ length: rounds }, (_, round) => {
  let text = ''
  for (let i = round * 7; text.length < letters; i++) {
    text += `${telling[i % telling.length]!.text} ${items[i % items.length]!.text} `
  }
  return text.slice(0, letters)
})
const callOf = (text: string): LanguageModelV4CallOptions => ({
  prompt: [{ role: 'user', content: [{ type: 'text', text }] }],
})

const redacting: number[] = []
const firstParts: number[] = []
const parts: number[] = []
for (const text of prompts) {
  const vault = new Vault()
  const start = performance.now()
  const { call, counts } = await redactCall(callOf(text), { vault, names: null, privacy: 'redacted' })
  redacting.push(performance.now() - start)
  const [{ content }] = call.prompt as unknown as [{ content: [{ text: string }] }]
  const answer = content[0].text
  if (Object.keys(counts).length === 0) throw new Error('a prompt without identifiers: nothing is measured')
  const restorer = new Restorer(vault)
  let back = ''
  for (let at = 0; at < answer.length; at += 4) {
    const begun = performance.now()
    back += restorer.push(answer.slice(at, at + 4))
    const took = performance.now() - begun
    if (at === 0) firstParts.push(took)
    parts.push(took)
  }
  if (back + restorer.end() !== text) throw new Error('the answer did not come back as it was')
}
report(`rules, ${letters} letters`, redacting, 'ms', 1)
report(
  'rules and the first part of the answer',
  redacting.map((ms, i) => ms + firstParts[i]!),
  'ms',
  1,
)
report('putting back, a part of 4 letters', parts, 'us', 1000)
// What a busy machine does not change much.
const usedBefore = process.cpuUsage()
for (const text of prompts) findIdentifiers(text)
const used = process.cpuUsage(usedBefore).user / 1000 / prompts.length
console.log(`finding alone: ${used.toFixed(3)} ms of processor time`)

using mini = await loadMini()
const names = miniNames(mini as never)
const reading: number[] = []
for (const text of prompts.slice(0, 8)) {
  const start = performance.now()
  await names.find(text)
  reading.push(performance.now() - start)
}
report(`names by the embedded model, ${letters} letters`, reading, 'ms', 1)

function report(what: string, times: readonly number[], unit: string, scale: number): void {
  // The first quarter warms the code.
  const sorted = times.slice(Math.floor(times.length / 4)).sort((a, b) => a - b)
  const at = (share: number) => (sorted[Math.floor(share * (sorted.length - 1))]! * scale).toFixed(3)
  console.log(`${what}: ${at(0.5)} ${unit} at p50, ${at(0.99)} at p99`)
}
