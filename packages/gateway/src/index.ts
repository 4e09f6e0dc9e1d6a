/** OpenAI's chat completions in front of an AI SDK model, with a receipt for each call. */
export {
  createGateway,
  type Gateway,
  type GatewayBindings,
  type GatewayEnv,
  type GatewayOptions,
} from './gateway.ts'
export type { Page } from './page.ts'
export { PortInUseError, type ServeOptions, type Serving, serveGateway } from './serve.ts'
