/** `edgewise rehearse` as a process: where it says it is, what it answers, what it refuses. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { parseScript } from '@edgewise/rehearsal'
import { afterAll, expect, test } from 'vitest'

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

async function refused(...args: string[]): Promise<string> {
  const child = start(...args)
  const exit = new Promise<number | null>((resolve) => child.on('exit', resolve))
  const [err] = await Promise.all([text(child.stderr!), text(child.stdout!)])
  expect(await exit).toBe(1)
  return err
}

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

  const recorder = await listening('--record', cloud.url, '--out', 'answers.json')
  expect(recorder.out).toContain('These calls are real')
  expect(await (await ask(recorder.url)).json()).toMatchObject({
    model: 'm-rehearsal',
    choices: [{ message: { content: 'Good day.' } }],
  })
  expect(await recorder.stop()).toBe(0)
  expect(parseScript(readFileSync(join(folder, 'answers.json'), 'utf8')).rules).toHaveLength(1)
  expect(await cloud.stop()).toBe(0)
  expect(readFileSync(join(folder, 'answers.json'), 'utf8')).not.toContain('key-of-a-test')
  expect(await refused('--record', cloud.url, '--out', 'answers.json')).toContain('(record_file_exists)')
})

test('what cannot be rehearsed is refused with the place', async () => {
  writeFileSync(join(folder, 'bad.json'), '{"version":1,"rules":[{"fault":"explode"}]}')
  const [script, missing, both] = await Promise.all([
    refused('--script', 'bad.json'),
    refused('--script', 'nowhere.json'),
    refused('--record', 'https://example.com/v1', '--fault', 'stall'),
  ])
  expect(script).toMatch(/rules\[0\]\.fault.*\(bad_script\)/)
  expect(missing).toMatch(/nowhere\.json.*ENOENT.*\(bad_script\)/)
  expect(both).toContain('(bad_option)')
})
