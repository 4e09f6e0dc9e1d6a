/** `edgewise rehearse` as a process: where it says it is, what it answers, what it refuses. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseScript } from '@edgewise/rehearsal'
import { afterAll, expect, test } from 'vitest'
import { rehearseCommand } from './commands/rehearse.ts'

const main = fileURLToPath(new URL('./main.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'edgewise-rehearse-'))
afterAll(() => rmSync(folder, { recursive: true }))

function start(...args: string[]): ChildProcess {
  return spawn(process.execPath, ['--conditions=edgewise-source', main, 'rehearse', ...args], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: '1' },
  })
}

/** The process once it listens, its address and what it printed. */
async function listening(
  ...args: string[]
): Promise<{ stop(): Promise<number | null>; url: string; out: string }> {
  const child = start('--port', '0', ...args)
  const exit = new Promise<number | null>((resolve) => child.on('exit', resolve))
  let out = ''
  for await (const chunk of child.stdout!) if ((out += chunk).includes('Ctrl+C')) break
  const [url] = /http:\/\/127\.0\.0\.1:\d+\/v1/.exec(out)!
  const stop = (): Promise<number | null> => {
    child.kill('SIGTERM')
    return exit
  }
  return { stop, url, out }
}

/** The command in this process: for what it refuses before it listens. */
const rehearse = (...args: string[]): Promise<unknown> => rehearseCommand().parseAsync(args, { from: 'user' })

const ask = (url: string): Promise<Response> =>
  fetch(`${url}/chat/completions`, {
    method: 'POST',
    headers: { authorization: 'Bearer key-of-a-test' },
    body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hi' }] }),
  })

test('it prints the policy to use, plays its script, and records over nothing', async () => {
  const script = join(folder, 'script.json')
  writeFileSync(script, '{"version":1,"rules":[{"answer":"Good day."}]}')
  const cloud = await listening('--script', script, '--first-token-ms', '0', '--token-ms', '0')
  const policy = JSON.parse(/"cloud": (\{.*\})/.exec(cloud.out)![1]!)
  expect(policy).toMatchObject({ baseURL: cloud.url, rehearsal: true, price: { inputPerMTok: 1 } })

  const out = join(folder, 'answers.json')
  const recorder = await listening('--record', cloud.url, '--out', out)
  expect(recorder.out).toContain('These calls are real')
  expect(await (await ask(recorder.url)).json()).toMatchObject({
    model: 'm-rehearsal',
    choices: [{ message: { content: 'Good day.' } }],
  })
  expect(await recorder.stop()).toBe(0)
  expect(parseScript(readFileSync(out, 'utf8')).rules).toHaveLength(1)
  expect(await cloud.stop()).toBe(0)
  expect(readFileSync(out, 'utf8')).not.toContain('key-of-a-test')
  await expect(rehearse('--record', cloud.url, '--out', out)).rejects.toMatchObject({
    code: 'record_file_exists',
  })
})

test('what cannot be rehearsed is refused with the place', async () => {
  const bad = join(folder, 'bad.json')
  writeFileSync(bad, '{"version":1,"rules":[{"fault":"explode"}]}')
  await expect(rehearse('--script', bad)).rejects.toMatchObject({
    code: 'bad_script',
    message: expect.stringMatching(/^rules\[0\]\.fault: /),
  })
  await expect(rehearse('--script', join(folder, 'nowhere.json'))).rejects.toMatchObject({
    code: 'bad_script',
    message: expect.stringContaining('ENOENT'),
  })
  await expect(rehearse('--record', 'https://example.com/v1', '--fault', 'stall')).rejects.toMatchObject({
    code: 'bad_option',
  })
})
