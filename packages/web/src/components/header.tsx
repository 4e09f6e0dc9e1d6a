/** The name, and whether the gateway answers. */
import type { GatewayState } from '../use-ledger.ts'

const says: Record<GatewayState, string> = {
  asking: 'Looking for the gateway',
  here: 'Gateway connected',
  away: 'Gateway offline',
}

export function Header({ state }: { state: GatewayState }) {
  return (
    <header class="top">
      <span class="brand">
        <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
          <rect width="32" height="32" rx="8" />
          <path d="M21.5 9.5h-11v13h11M10.5 16h6" />
          <circle cx="21.5" cy="16" r="2" />
        </svg>
        Edgewise
      </span>
      <output class="gateway-state" data-state={state}>
        {says[state]}
      </output>
    </header>
  )
}
