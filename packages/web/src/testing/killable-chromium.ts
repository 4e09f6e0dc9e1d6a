/** A Chromium with a profile on disk that a test may kill: playwright starts none whose process it hands out. */
import { spawn } from 'node:child_process'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Browser, chromium } from 'playwright-core'

export interface KillableChromium {
  readonly browser: Browser
  /** SIGKILL to every process of it; resolves when they are gone. */
  readonly kill: () => Promise<void>
}

/**
 * A Chromium that was killed sometimes comes up again without answering its debugger (seen on a busy machine):
 * it is killed and started anew.
 */
export async function startKillableChromium(
  executablePath: string,
  profile: string,
): Promise<KillableChromium> {
  for (let starts = 1; ; starts++) {
    try {
      return await start(executablePath, profile)
    } catch (error) {
      if (starts === 3) throw error
      console.warn(`Chromium did not come up and is started again: ${error}`)
    }
  }
}

async function start(executablePath: string, profile: string): Promise<KillableChromium> {
  const portFile = join(profile, 'DevToolsActivePort')
  await rm(portFile, { force: true })
  const child = spawn(
    executablePath,
    [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--remote-debugging-port=0',
      `--user-data-dir=${profile}`,
    ],
    // A group of its own, so that all of it can be killed at once.
    { stdio: 'ignore', detached: true },
  )
  const gone = new Promise<void>((resolve) => child.on('exit', () => resolve()))
  const kill = async (): Promise<void> => {
    process.kill(-child.pid!, 'SIGKILL')
    await gone
  }
  try {
    const browser = await chromium.connectOverCDP(`http://127.0.0.1:${await portIn(portFile)}`, {
      timeout: 15_000,
    })
    return { browser, kill }
  } catch (error) {
    await kill()
    throw error
  }
}

async function portIn(file: string): Promise<string> {
  for (let tries = 0; tries < 600; tries++) {
    const [port, path] = (await readFile(file, 'utf8').catch(() => '')).split('\n')
    if (port && path) return port
    await sleep(100)
  }
  throw new Error('Chromium did not start within a minute')
}
