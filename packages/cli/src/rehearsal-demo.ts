/**
 * The whole path in one command: the embedded model on the device, a rehearsal in place of the cloud, and a call for each
 * thing that can happen, with what the cloud got of it and the receipt.
 */
import { type Rehearsal, type Script, startRehearsal } from '@edgewise/rehearsal'
import type { Policy } from 'edgewise'
import { ask } from './ask.ts'
import { bold, dim } from './show.ts'
import { showReceipt } from './show-receipt.ts'
import { openSystem } from './system.ts'

interface Scene {
  readonly title: string
  readonly task: string
  readonly text: string
}

const scenes: readonly Scene[] = [
  { title: 'The device is sure: it answers', task: 'intent', text: 'what is my bank balance' },
  {
    title: 'The device is not sure: the cloud answers, and only its answer is seen',
    task: 'intent',
    text: 'hmm so that thing I wrote about, any news there?',
  },
  {
    title: 'The cloud is late: after 150 ms the device is asked, too, and who is first answers',
    task: 'polish',
    text: 'i recieved teh package yesterday',
  },
  {
    title: 'Only placeholders leave: the cloud answers with them, the caller sees what they stand for',
    task: 'letter',
    text: 'Anna Kowalski in Kraków, anna@example.com, about card 4111 1111 1111 1111',
  },
  {
    title: 'The cloud is down: it is asked again, then the device answers',
    task: 'correct',
    text: 'we was late becuase of the trafic',
  },
  {
    title: 'Nothing may leave: no connection is opened',
    task: 'redact',
    text: 'Call me at +44 20 7946 0958.',
  },
]

const script: Script = {
  version: 1,
  rules: [
    { when: { contains: 'any news' }, answer: 'track_parcel' },
    { when: { contains: 'teh package' }, firstTokenMs: 60_000 },
    { when: { contains: 'becuase' }, fault: { kind: 'status', status: 503 } },
    { answer: 'I shall write to {{user}}' },
  ],
}

const policyFor = ({ baseURL }: Rehearsal): Policy => ({
  version: 1,
  cloud: {
    baseURL,
    model: 'cloud-rehearsal',
    rehearsal: true,
    price: { inputPerMTok: 1, outputPerMTok: 4 },
  },
  tasks: {
    intent: { place: 'prefer-device', escalate: [{ signal: 'meanLogprob', threshold: -0.2 }] },
    polish: { place: 'prefer-cloud', deviceTask: 'fix', hedgeAfterMs: 150 },
    letter: { place: 'cloud-only', privacy: 'redacted' },
    correct: { place: 'prefer-cloud', deviceTask: 'fix' },
    redact: { place: 'device-only' },
  },
  default: { place: 'device-only' },
})

/** Plays all scenes to `print`. */
export async function playDemo(print: (text: string) => void): Promise<void> {
  await using cloud = await startRehearsal({ script, firstTokenMs: 80, tokenMs: 5, jitter: 0.2 })
  using system = await openSystem({ policy: policyFor(cloud) })
  print(`\n${dim('The cloud here is a rehearsal: no model is asked there, and nothing is bought.')}`)
  for (const { title, task, text } of scenes) {
    const before = cloud.requests.length
    const { text: answer, receipt } = await ask(system.model, task, text)
    print(`
${bold(title)}
${dim('asked     ')}${text}
${dim('cloud got ')}${received(cloud, before)}
${dim('answer    ')}${answer}
${showReceipt(receipt)}`)
  }
}

/** The user's text of the last request since `before`, as it went over the wire. */
function received({ requests }: Rehearsal, before: number): string {
  const sent = requests.slice(before)
  if (sent.length === 0) return 'nothing'
  const { messages } = JSON.parse(sent.at(-1)!.body) as { messages: readonly { content: unknown }[] }
  const { content } = messages.at(-1)!
  return `${typeof content === 'string' ? content : JSON.stringify(content)}${sent.length > 1 ? dim(` (${sent.length} times)`) : ''}`
}
