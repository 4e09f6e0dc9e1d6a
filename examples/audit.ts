/** A share of calls is audited: the device's answer, which the caller has, is compared with the cloud's behind the call. */
import { memoryLedger, type Receipt } from '@edgewise/evidence'
import { loadMini } from '@edgewise/mini'
import { startRehearsal } from '@edgewise/rehearsal'
import { generateText } from 'ai'
import { edgewise, miniDevice } from 'edgewise'

const rules = [{ when: { contains: 'balance' }, answer: 'balance' }, { answer: 'track_parcel' }]
await using cloud = await startRehearsal({ script: { version: 1, rules } })
using mini = await loadMini()
const ledger = memoryLedger()
const ew = edgewise({
  policy: {
    version: 1,
    cloud: {
      baseURL: cloud.baseURL,
      model: 'cloud-rehearsal',
      rehearsal: true,
      price: { inputPerMTok: 1, outputPerMTok: 4 },
    },
    // Of real calls a few in a hundred will do.
    tasks: { intent: { place: 'prefer-device', audit: { share: 1, perDayUsd: 0.5 } } },
    default: { place: 'device-only' },
  },
  device: miniDevice(mini),
  ledger,
})

for (const prompt of ['what is my bank balance', 'set an alarm for seven']) {
  const { text, providerMetadata } = await generateText({ model: ew('intent'), prompt })
  const { id, place } = providerMetadata!.edgewise as unknown as Receipt
  await ew.audits.idle()
  const [judgement] = await ledger.judgements(id)
  console.log(`${place}: ${text}`, judgement!.device === 1 ? 'as the cloud says' : 'not as the cloud says')
}
console.log(
  ew.audits.status.judged,
  'audited for',
  ledger.spentUsd('2026-01-01T00:00:00Z', { audits: true, rehearsal: true }),
)

// Prints:
// device: balance as the cloud says
// device: … not as the cloud says
// 2 audited for 0.…
