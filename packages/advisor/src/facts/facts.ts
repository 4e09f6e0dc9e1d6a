/** The facts that come with Edgewise. What a user adds is merged into them (merge.ts); what of them is only claimed, check.ts tells. */
import { devices } from './data/devices.ts'
import { models } from './data/models.ts'
import { prices } from './data/prices.ts'
import { quantisations } from './data/quantisations.ts'
import type { Facts } from './types.ts'

export const facts: Facts = { version: '2026-11-26', devices, models, quantisations, prices, own: [] }
