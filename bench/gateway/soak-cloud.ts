/** The rehearsal cloud of the soak, as a process: `soak-cloud.ts TOKEN_MS`. It says of every call what that call said. */
import { startRehearsal } from '@edgewise/rehearsal'

const text = `You are {{user}}. ${'Still {{user}}. '.repeat(4)}And that was {{user}}.`
const rehearsal = await startRehearsal({
  script: { version: 1, rules: [{ answer: text }] },
  firstTokenMs: 100,
  tokenMs: Number(process.argv[2]),
  jitter: 0.5,
})
process.send!({ port: rehearsal.port })
process.on('disconnect', () => process.exit())
