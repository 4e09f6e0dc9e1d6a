/** Where an unexpected error came from, for the log: its class and a few frames, never its message (it may quote a prompt). */

const FRAMES = 3

export function originOf(error: unknown): string {
  if (!(error instanceof Error)) return `a thrown ${typeof error}`
  const { stack = '', message } = error
  const at = stack.indexOf(message)
  const afterMessage = at === -1 ? stack : stack.slice(at + message.length)
  const frames = afterMessage.split('\n').filter((line) => /^ {4}at /.test(line))
  return [error.name, ...frames.slice(0, FRAMES).map((line) => line.trim())].join(' ')
}
