/** From audited calls to a promise: certify a bar, run under it, and see it step aside when something else runs. */
import { certify, memoryLedger, type Receipt, traceFromLedger } from '@edgewise/evidence'
import { loadMini } from '@edgewise/mini'
import { startRehearsal } from '@edgewise/rehearsal'
import { generateText } from 'ai'
import { edgewise, miniDevice, type Rule } from 'edgewise'

const known = { 'what is my balance': 'balance', 'set an alarm': 'alarm', 'will it rain': 'weather' }
const rules = Object.entries(known).map(([contains, answer]) => ({ when: { contains }, answer }))
await using server = await startRehearsal({ script: { version: 1, rules: [...rules, { answer: 'parcel' }] } })
using mini = await loadMini()
const price = { inputPerMTok: 1, outputPerMTok: 4 }
const cloud = { baseURL: server.baseURL, model: 'cloud-rehearsal', rehearsal: true as const, price }
const shared = { device: miniDevice(mini), ledger: memoryLedger() }
const policyOf = (intent: Rule) => ({
  version: 1 as const,
  cloud,
  tasks: { intent },
  default: { place: 'cloud-only' as const },
})

// Every call is audited here; of real ones a few in a hundred will do.
const audited = edgewise({
  ...shared,
  policy: policyOf({ place: 'prefer-device', audit: { share: 1, perDayUsd: 1 } }),
})
for (const when of ['now', 'at seven', 'tomorrow', 'on friday', 'in june', 'tonight', 'at noon', 'next week'])
  for (const what of [...Object.keys(known), 'where is the parcel that left'])
    await generateText({ model: audited('intent'), prompt: `${what} ${when}` })
await audited.audits.idle()

const certified = await certify(traceFromLedger(shared.ledger, { rehearsal: true }), {
  pair: { device: 'edgewise-mini', cloud: 'cloud-rehearsal' },
  signal: 'meanLogprob',
  claim: { kind: 'harm', alpha: 0.1 },
})
if (certified.kind === 'refused') throw new Error(certified.why)
const { certificate } = certified
console.log(
  `${certificate.evidence.kept} of ${certificate.evidence.n} stay, from ${certificate.bar!.threshold} on`,
)

const policy = policyOf({
  place: 'prefer-device',
  escalate: [{ signal: 'meanLogprob', certificate: certificate.id }],
})
for (const device of [shared.device, { ...shared.device, modelId: 'another-model' }]) {
  const ew = edgewise({ ...shared, device, policy, certificates: [certificate] })
  const { providerMetadata } = await generateText({ model: ew('intent'), prompt: 'set an alarm now' })
  const { place, why } = providerMetadata!.edgewise as unknown as Receipt
  console.log(`${place}: ${why}`)
}

// Prints:
// 23 of 32 stay, from … on
// device: … its answer passed the check (mean logprob -0.00, the bar is -0.17)
// cloud: the certificate … is not in force (the device model is "another-model", the certificate is for "edgewise-mini"), so the cloud goes first
