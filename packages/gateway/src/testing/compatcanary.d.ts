/** What the tests use of compatcanary, which has no types of its own. */
declare module 'compatcanary' {
  export function scanEndpoint(options: {
    readonly baseUrl: string
    readonly model: string
    readonly apiKey: string
    readonly profile: 'modern' | 'chat'
    readonly timeoutMs: number
  }): Promise<{ readonly results: readonly { readonly id: string; readonly status: string }[] }>
}
