/**
 * Whose machine a server is on. Only literal loopback addresses and `localhost` count as this one: any other name resolves to
 * what a name server says at the time, which may change after it was checked.
 */
import { BadOptionError } from '../../errors.ts'
import { isProxied, type ProxyHost } from '../../wire/env-proxy.ts'
import { NotLoopbackError, ProxiedLoopbackError } from './errors.ts'

export interface Address {
  /** Without a slash at its end: `http://127.0.0.1:8080/v1`. */
  readonly base: string
  /** Scheme, host and port alone; what messages call the server. */
  readonly origin: string
  readonly isLoopback: boolean
}

/**
 * Throws BadOptionError for what is no HTTP address, NotLoopbackError for another machine that `remote` does not allow,
 * ProxiedLoopbackError where `host`, the process, would not send to this one directly.
 */
export function readAddress(baseURL: string, remote: boolean, host: ProxyHost): Address {
  let url: URL
  try {
    url = new URL(baseURL)
  } catch (cause) {
    throw new BadOptionError(
      `baseURL is ${JSON.stringify(baseURL)}: give a URL such as http://127.0.0.1:8080/v1`,
      {
        cause,
      },
    )
  }
  const isHttp = url.protocol === 'http:' || url.protocol === 'https:'
  if (!isHttp || url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new BadOptionError(
      'baseURL must be http: or https: without user, query or fragment: give the key as apiKey',
    )
  }
  const isLoopback = isLoopbackHost(url.hostname)
  if (!isLoopback && !remote) throw new NotLoopbackError(url.hostname)
  if (isLoopback && isProxied(url, host)) throw new ProxiedLoopbackError(url.hostname)
  return { base: url.href.replace(/\/+$/, ''), origin: url.origin, isLoopback }
}

/** `hostname` as the URL parser writes it: IPv4 in four decimal numbers, IPv6 shortened and in brackets. */
export function isLoopbackHost(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname)
}
