/** OpenAI's API in front of an AI SDK model, with a receipt for each call. */
export {
  createGateway,
  type Gateway,
  type GatewayBindings,
  type GatewayEnv,
  type GatewayOptions,
  type Served,
} from './gateway.ts'
export { type ApiKey, createKey, type NewKey } from './keys/api-key.ts'
export { KeyFile, KeyFileError } from './keys/key-file.ts'
export type { CertificateInForce } from './metrics/metrics.ts'
export type { Page } from './page.ts'
export {
  KeysRequiredError,
  PortInUseError,
  type ServeOptions,
  type Serving,
  serveGateway,
} from './serve.ts'
