/**
 * Whether this process sends what goes to a loopback address to a proxy instead, which may be anywhere: Node does with
 * `--use-env-proxy` (24.21, tried), where NO_PROXY does not name the address.
 */

export interface ProxyHost {
  readonly env: { readonly [name: string]: string | undefined }
  readonly execArgv: readonly string[]
}

/** Of this process; nothing is proxied in a browser, whose own settings leave loopback addresses out. */
export function thisHost(): ProxyHost {
  const { env = {}, execArgv = [] } = (globalThis as { process?: Partial<ProxyHost> }).process ?? {}
  return { env, execArgv }
}

export function isProxied({ protocol, hostname, host }: URL, { env, execArgv }: ProxyHost): boolean {
  const asked = [...execArgv, ...(env.NODE_OPTIONS ?? '').split(/\s+/)].includes('--use-env-proxy')
  if (!asked && env.NODE_USE_ENV_PROXY !== '1') return false
  const named = (name: string): string => env[name.toLowerCase()] || env[name] || ''
  if (named(protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY') === '') return false
  const spared = named('NO_PROXY')
    .split(/[\s,]+/)
    .map((entry) => entry.toLowerCase())
  return !['*', host, hostname].some((name) => spared.includes(name))
}
