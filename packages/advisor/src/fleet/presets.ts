/**
 * Fleets to begin with, until a team has counted its own. The shares are ours: every device of a preset has the same share. They describe
 * no market, and a verdict made with one says so. Counting the devices of one's own users takes an afternoon and is worth more than all of these.
 */
import type { Source } from '../facts/types.ts'
import type { FleetShare } from '../use-case/types.ts'

export interface Preset extends Source {
  readonly id: string
  readonly name: string
  readonly shares: readonly FleetShare[]
}

type Row = readonly [device: string, runtime: string, backend: FleetShare['backend']]

function preset(id: string, name: string, rows: readonly Row[]): Preset {
  return {
    id,
    name,
    shares: rows.map(([device, runtime, backend]) => ({ device, share: 1 / rows.length, runtime, backend })),
    source: `ours: ${rows.length} devices of the table with equal shares, an assumption and no market figure`,
    asOf: '2026-11-26',
    basis: 'claimed',
  }
}

const phone = (device: string): Row => [device, 'llama.cpp', 'cpu']
const gpu = (device: string): Row => [device, 'llama.cpp', 'gpu']
const cpu = (device: string): Row => [device, 'llama.cpp', 'cpu']
const tab = (device: string): Row => [device, 'edgewise', 'cpu']

export const presets: readonly Preset[] = [
  preset('phones-mixed', 'phones of the last years, half of them of the upper class', [
    phone('iphone-13'),
    phone('iphone-15'),
    phone('iphone-16pro'),
    phone('pixel-8'),
    phone('galaxy-s23'),
    phone('galaxy-s25'),
    phone('galaxy-a16'),
    phone('galaxy-a36'),
    phone('galaxy-a56'),
    phone('nothing-3a'),
  ]),
  preset('phones-recent', 'phones of the upper class, of the last three years', [
    phone('iphone-15pro'),
    phone('iphone-16'),
    phone('iphone-17'),
    phone('iphone-17pro'),
    phone('pixel-9'),
    phone('pixel-10'),
    phone('galaxy-s24'),
    phone('galaxy-s25'),
  ]),
  preset('laptops-mixed', 'laptops for work, with Apple, Intel, AMD and Qualcomm chips', [
    gpu('m1'),
    gpu('m2'),
    gpu('m3'),
    gpu('m4'),
    gpu('m4-pro'),
    cpu('x-elite'),
    gpu('lunar-lake'),
    gpu('ryzen-ai-340'),
    cpu('alder-lake-p'),
    cpu('i7-10750h'),
  ]),
  preset('browser-desktop', 'laptops and desktops, in a tab of the browser, without a GPU', [
    tab('m1'),
    tab('m2'),
    tab('m3'),
    tab('m4'),
    tab('x-elite'),
    tab('lunar-lake'),
    tab('ryzen-ai-340'),
    tab('alder-lake-p'),
    tab('i7-10750h'),
    tab('strix-halo'),
  ]),
]
