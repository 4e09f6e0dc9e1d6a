/** The report: what calls cost, where they ran and what left the device, from their receipts; as data, Markdown or a page. */
import { memoryLedger, report, reportMarkdown } from '@edgewise/evidence'
import { loadMini } from '@edgewise/mini'
import { startRehearsal } from '@edgewise/rehearsal'
import { generateText } from 'ai'
import { edgewise, miniDevice } from 'edgewise'

await using cloud = await startRehearsal({ script: { version: 1, rules: [{ answer: 'track_parcel' }] } })
using mini = await loadMini()
const ledger = memoryLedger()
const price = { inputPerMTok: 1, outputPerMTok: 4 }
const ew = edgewise({
  policy: {
    version: 1,
    cloud: { baseURL: cloud.baseURL, model: 'cloud-rehearsal', rehearsal: true, price },
    tasks: {
      intent: { place: 'prefer-device', escalate: [{ signal: 'meanLogprob', threshold: -0.2 }] },
      redact: { place: 'device-only' },
    },
    default: { place: 'device-only' },
  },
  device: miniDevice(mini),
  ledger,
})
for (const [task, prompt] of [
  ['intent', 'what is my bank balance'],
  ['intent', 'hmm so that thing I wrote about, any news there?'],
  ['redact', 'Call me at +44 20 7946 0958.'],
] as const)
  await generateText({ model: ew(task), prompt })

const made = await report(ledger.all(), {
  judgements: (id) => ledger.judgements(id),
  rehearsal: true, // else rehearsals are left out
})
for (const { kind, name, threshold, calls } of made.where.cloudBecause)
  console.log('to the cloud:', calls, kind, name, threshold)
for (const { task, calls, bytesOut } of made.privacy.sealed)
  console.log('nothing leaves:', task, calls, 'calls', bytesOut, 'bytes')
console.log(reportMarkdown(made).split('\n\n')[3]) // reportHtml(made) is the page

// Prints:
// to the cloud: 1 bar meanLogprob -0.2
// nothing leaves: redact 1 calls 0 bytes
// On …, 3 rehearsed calls came in: the device answered 66.7 % and the cloud answered 33.3 %. Nothing was bought and nothing saved; …
