/**
 * Who may talk to a server on this machine. A web page the user happens to visit can send requests here, so:
 * the Host header must name this server (a name that an attacker's DNS points at 127.0.0.1 does not), and a POST
 * from a page of another origin is refused. There are no CORS headers: other origins read nothing.
 */
import { isIP } from 'node:net'
import { GatewayError } from './gateway-error.ts'

/**
 * @param hostHeader the Host header, `name`, `name:port` or `[v6]:port`
 * @param bound the name or address the server was told to bind; absent when the app runs without a server
 * @throws GatewayError `forbidden_host`
 */
export function checkHost(hostHeader: string, bound?: string): void {
  const name = hostName(hostHeader)
  if (isLoopback(name) || name === bound?.toLowerCase()) return
  // Bound to every interface: an address cannot be rebound, only a name can.
  if ((bound === '0.0.0.0' || bound === '::') && isIP(name) !== 0) return
  throw new GatewayError(
    403,
    'forbidden_host',
    `this server does not answer to the name in the Host header: call it by 127.0.0.1, localhost or the host it is bound to`,
  )
}

/**
 * @param origin the Origin header, absent outside of browsers
 * @throws GatewayError `forbidden_origin`
 */
export function checkOrigin(origin: string | undefined, hostHeader: string): void {
  if (origin === undefined) return
  if (URL.parse(origin)?.host === hostHeader.toLowerCase()) return
  throw new GatewayError(
    403,
    'forbidden_origin',
    'a web page of another origin may not call this server: serve the page from this server, or call it from your own backend',
  )
}

/** @throws GatewayError `unsupported_media_type` */
export function checkContentType(contentType: string | undefined): void {
  if (contentType?.split(';')[0]?.trim().toLowerCase() === 'application/json') return
  throw new GatewayError(415, 'unsupported_media_type', 'send the body with content-type: application/json')
}

function hostName(hostHeader: string): string {
  const host = hostHeader.trim().toLowerCase()
  const v6 = /^\[([^\]]*)\]/.exec(host)
  return v6 ? v6[1]! : host.replace(/:\d*$/, '')
}

/** Whether a name or address is of this machine alone. */
export function isLoopback(name: string): boolean {
  return name === 'localhost' || name === '::1' || (isIP(name) === 4 && name.startsWith('127.'))
}
