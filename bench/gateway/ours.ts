/**
 * Our gateway with `edgewise()` behind it, as a process: `ours.ts CLOUD_BASE_URL`. The device is faked. Its tasks: `cloud`
 * goes up as it is, `escalate` goes up after the device was asked and was not sure, `device` stays.
 */
import { memoryLedger } from '@edgewise/evidence'
import { createGateway, serveGateway } from '@edgewise/gateway'
import { createEdgewise } from 'edgewise'
import { fakeDevice } from './fake-device.ts'

const model = createEdgewise({
  policy: {
    version: 1,
    cloud: { baseURL: process.argv[2]!, model: 'stub' },
    tasks: {
      cloud: { place: 'cloud-only' },
      escalate: { place: 'prefer-device', escalate: { signal: 'meanLogprob', threshold: -1 } },
      device: { place: 'device-only' },
    },
    default: { place: 'cloud-only' },
  },
  device: fakeDevice(-3),
  ledger: memoryLedger(),
})
const app = createGateway({ model, ledger: memoryLedger(), models: [{ id: model.modelId }] })
const serving = await serveGateway(app, { port: 0 })
process.send!({ port: serving.port })
process.on('disconnect', () => process.exit())
