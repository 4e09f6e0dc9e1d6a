/** What the plots promise: texts escaped, the same text for the same input, what is unknown left out and said. */
import { expect, test } from 'vitest'
import { barChart } from './bar-chart.ts'
import { type LineChart, lineChart } from './line-chart.ts'

const chart = (series: LineChart['series']): string =>
  lineChart({
    title: 'T',
    x: { label: 'cost', min: 0, max: 1 },
    y: { label: 'quality', min: 0, max: 1 },
    series,
  })

const path = (svg: string): string => /<path d="([^"]*)"/.exec(svg)?.[1] ?? ''

test('a line goes from its first point to its last, within the plot', () => {
  const d = path(
    chart([
      {
        name: 'a',
        kind: 'line',
        points: [
          [0, 0],
          [0.5, 0.2],
          [1, 1],
        ],
      },
    ]),
  )
  const [from, , to] = [...d.matchAll(/[ML]([\d.]+) ([\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)])
  expect(from![0]).toBe(6)
  expect(to![1]).toBe(6)
  expect(to![0]).toBeGreaterThan(600)
  expect(from![1]).toBeGreaterThan(200)
})

test('a value that is not finite breaks the line and draws no dot', () => {
  const points = [
    [0, 0],
    [0.2, 1],
    [0.4, Number.NaN],
    [0.6, 0],
    [1, 1],
  ] as const
  expect(path(chart([{ name: 'a', kind: 'line', points }])).match(/M/g)).toHaveLength(2)
  expect(chart([{ name: 'a', kind: 'dots', points }]).match(/<circle/g)).toHaveLength(4)
})

test('a step keeps its value until the next x', () => {
  expect(
    path(
      chart([
        {
          name: 'a',
          kind: 'step',
          points: [
            [0, 0],
            [1, 1],
          ],
        },
      ]),
    ),
  ).toMatch(/^M6 [\d.]+H[\d.]+V6$/)
})

test('a million points are as many as can be seen', () => {
  const points = Array.from({ length: 1_000_000 }, (_, i) => [i / 999_999, i / 999_999] as const)
  const svg = chart([{ name: 'a', kind: 'line', points }])
  expect(svg.length).toBeLessThan(60_000)
  expect(path(svg)).toMatch(/L(\d+\.?\d*) 6$/)
})

test('bands break where they are not known; dots get whiskers', () => {
  const band = [
    [0, 0.1, 0.2],
    [0.3, 0.1, 0.3],
    [0.5, Number.NaN, 1],
    [0.7, 0.5, 0.6],
    [1, 0.5, 0.9],
  ] as const
  const points = band.map(([x, low]) => [x, low] as const)
  expect(chart([{ name: 'a', kind: 'line', points, band }]).match(/<polygon/g)).toHaveLength(2)
  expect(chart([{ name: 'a', kind: 'dots', points, band }]).match(/stroke-width:1.5"\/>/g)).toHaveLength(8)
})

test('a legend stands there for two series, and wraps', () => {
  const one = { name: 'first', kind: 'line', points: [[0, 0]] } as const
  expect(chart([one])).not.toContain('>first</text>')
  expect(chart([one, { ...one, name: 'second' }])).toContain('>second</text>')
  const many = chart(Array.from({ length: 12 }, (_, i) => ({ ...one, name: `a long name, number ${i}` })))
  const rows = new Set([...many.matchAll(/<g transform="translate\([\d.]+ ([\d.]+)\)/g)].map(([, y]) => y))
  expect(rows.size).toBeGreaterThan(2)
})

test('texts are escaped, wherever they stand, and are read out', () => {
  const evil = `<script>"&'\u0000\ud800`
  const said = '&lt;script&gt;&quot;&amp;&#39;\ufffd\ufffd'
  const charts = [
    lineChart({
      title: evil,
      x: { label: evil, format: (value) => `${evil}${value}` },
      y: { label: evil },
      series: [
        { name: evil, kind: 'dots', points: [[0, 1]] },
        { name: 'b', kind: 'line', points: [] },
      ],
    }),
    barChart({ title: evil, unit: evil, bars: [{ label: evil, value: 1, note: evil }] }),
  ]
  for (const svg of charts) {
    expect(svg).not.toContain('<script>')
    expect(svg).toContain(`<title>${said}</title>`)
    expect(svg).toContain(`aria-label="${said}. `)
    expect(svg.split(said).length).toBeGreaterThan(4)
  }
})

test('the same input gives the same text', () => {
  const make = (): string =>
    chart([
      {
        name: 'a',
        kind: 'line',
        points: [
          [0, 1 / 3],
          [1, 2 / 3],
        ],
      },
    ])
  expect(make()).toBe(make())
  expect(make()).not.toMatch(/\d\.\d{3}/)
})

test('bars are in proportion, with their figures; what nobody knows has none', () => {
  const svg = barChart({
    title: 'Spend',
    format: (value) => `$${value}`,
    bars: [
      { label: 'a', value: 2, low: 1, high: 4 },
      { label: 'b', value: -1 },
      { label: 'c', value: null },
      { label: 'd', value: Number.NaN },
    ],
  })
  const widths = [...svg.matchAll(/<rect x="[\d.]+" y="\d+" width="([\d.]+)"/g)].map(([, width]) =>
    Number(width),
  )
  expect(widths).toHaveLength(2)
  expect(widths[0]! / widths[1]!).toBeCloseTo(2, 2)
  expect(svg.match(/unknown<\/text>/g)).toHaveLength(2)
  expect(svg).toContain('aria-label="Spend. a $2; b $-1; c unknown; d unknown"')
})

test('bars of zeros, or none, are a picture', () => {
  for (const bars of [[], [{ label: 'a', value: 0 }]]) {
    const svg = barChart({ title: 'T', bars })
    expect(svg).not.toContain('NaN')
    expect(svg).not.toContain('Infinity')
  }
})
