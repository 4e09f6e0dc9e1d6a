/**
 * Our gateway with `edgewise()` and a ledger on disk behind it, as a process: `ours.ts CLOUD_BASE_URL`. The device is faked.
 * Its tasks: `cloud` goes up as it is, `escalate` goes up after the device was asked and was not sure, `device` stays.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSqliteLedger } from '@edgewise/evidence/sqlite'
import { createGateway, serveGateway } from '@edgewise/gateway'
import { edgewise } from 'edgewise'
import { fakeDevice } from './fake-device.ts'

const folder = mkdtempSync(join(tmpdir(), 'edgewise-bench-'))
process.on('exit', () => rmSync(folder, { recursive: true }))
const ledger = openSqliteLedger(join(folder, 'ledger.db'))
const model = edgewise({
  policy: {
    version: 1,
    // Patience for a machine on which hundreds of streams share two cores with their cloud and their clients.
    cloud: { baseURL: process.argv[2]!, model: 'stub', firstTokenMs: 60_000, idleMs: 60_000 },
    tasks: {
      cloud: { place: 'cloud-only' },
      escalate: { place: 'prefer-device', escalate: [{ signal: 'meanLogprob', threshold: -1 }] },
      device: { place: 'device-only' },
    },
    default: { place: 'cloud-only' },
  },
  device: fakeDevice(-3),
  ledger,
})()
const app = createGateway({ model, ledger, models: [{ id: model.modelId }] })
const serving = await serveGateway(app, { port: 0 })
process.send!({ port: serving.port })
process.on('message', () => process.send!(process.memoryUsage()))
process.on('disconnect', () => process.exit())
