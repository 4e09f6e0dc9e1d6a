/** What the plots promise: texts escaped, the same text for the same input, what is unknown left out and said. */
import { expect, test } from 'vitest'
import { barChart } from './bar-chart.ts'
import { type DotChart, dotChart } from './dot-chart.ts'
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
    lineChart({
      title: evil,
      x: { label: evil },
      y: { label: evil },
      series: [],
      uprights: [{ x: 1, text: evil }],
    }),
    barChart({ title: evil, unit: evil, bars: [{ label: evil, value: 1, note: evil }] }),
    dotChart({
      title: evil,
      axis: { label: evil },
      names: [evil, evil],
      rows: [{ label: evil, note: evil, dot: null }],
      target: { value: 1, text: evil },
    }),
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

test('on logarithmic axes a line of equal factors is straight, and what is not above 0 is left out', () => {
  const log = { log: true } as const
  const svg = lineChart({
    title: 'T',
    x: { label: 'x', min: 1, max: 1000, ...log },
    y: { label: 'y', min: 1, max: 1000, ...log },
    series: [
      {
        name: 'a',
        kind: 'line',
        points: [
          [1, 1],
          [10, 10],
          [0, 3],
          [100, 100],
          [1000, 1000],
        ],
        band: [
          [1, 0, 10],
          [10, -1, 100],
        ],
      },
    ],
  })
  const ends = [...path(svg).matchAll(/[ML]([\d.]+) ([\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)])
  expect(ends).toHaveLength(4)
  const slopes = [0, 2].map((i) => (ends[i + 1]![1]! - ends[i]![1]!) / (ends[i + 1]![0]! - ends[i]![0]!))
  expect(slopes[0]).toBeCloseTo(slopes[1]!, 3)
  expect(path(svg).match(/M/g)).toHaveLength(2)
  expect(svg).not.toMatch(/NaN|Infinity/)
})

test('a series can have the colour of another and stay out of the legend', () => {
  const one = { name: 'roof', kind: 'line', points: [[0, 0]] } as const
  const svg = chart([one, { ...one, name: 'hidden', colour: 0, unlisted: true }])
  expect(svg).toContain('>roof</text>')
  expect(svg).not.toContain('>hidden</text>')
  expect(svg).not.toContain('var(--c2);stroke')
})

test('texts of upright lines that would meet stand under each other, all within the plot', () => {
  const texts = ['a long text at the left', 'one beside it', 'and one at the right edge']
  const svg = lineChart({
    title: 'T',
    x: { label: 'x', min: 0, max: 1 },
    y: { label: 'y', min: 0, max: 1 },
    series: [],
    uprights: [
      { x: 0.5, text: texts[0]! },
      { x: 0.52, text: texts[1]! },
      { x: 1, text: texts[2]! },
      { x: 2, text: 'outside' },
    ],
  })
  const rows = texts.map((text) => new RegExp(`y="([\\d.]+)"[^>]*>${text}<`).exec(svg)![1])
  expect(rows[0]).not.toBe(rows[1])
  expect(svg).toMatch(/text-anchor="end">and one at the right edge/)
  expect(svg).not.toContain('outside')
})

const rows = (...dots: DotChart['rows'][number]['dot'][]): string =>
  dotChart({
    title: 'T',
    axis: { label: 'ms', log: true },
    names: ['a', 'b'],
    rows: dots.map((dot, i) => ({ label: `row ${i}`, dot })),
    target: { value: 100, text: 'target' },
    format: (value) => `${value} ms`,
  })

test('a dot lies within its interval, dots in the order of their values, the target among them', () => {
  const svg = rows(
    { series: 0, value: 10, low: 5, high: 20 },
    { series: 1, value: 1000, low: 500, high: 2000 },
  )
  const dots = [...svg.matchAll(/<circle cx="([\d.]+)" cy="[\d.]+" r="5" style="fill:var\(--c(\d)\)"/g)]
    .slice(2)
    .map(([, x, colour]) => [Number(x), Number(colour)])
  const whiskers = [...svg.matchAll(/<line x1="([\d.]+)" x2="([\d.]+)"[^>]*stroke-linecap:round/g)].slice(2)
  const target = Number(/<line x1="([\d.]+)"[^>]*stroke-dasharray/.exec(svg)![1])
  expect(dots.map(([, colour]) => colour)).toEqual([1, 2])
  dots.forEach(([x], i) => {
    expect(x).toBeGreaterThan(Number(whiskers[i]![1]))
    expect(x).toBeLessThan(Number(whiskers[i]![2]))
  })
  expect(target - dots[0]![0]!).toBeCloseTo(dots[1]![0]! - target, 0)
  expect(svg).toContain('aria-label="T. row 0 10 ms; row 1 1000 ms"')
})

test('a dot that nobody knows, or that cannot be drawn, is called unknown', () => {
  const svg = rows(
    null,
    { series: 0, value: Number.NaN, low: 0, high: 1 },
    { series: 0, value: 0, low: 0, high: 1 },
    { series: 0, value: 1, low: 0, high: Number.POSITIVE_INFINITY },
    { series: 0, value: 50, low: 0, high: 100 },
  )
  expect(svg.match(/>unknown<\/text>/g)).toHaveLength(4)
  expect(svg.match(/<circle/g)).toHaveLength(3)
  expect(svg).not.toMatch(/NaN|Infinity/)
  expect(dotChart({ title: 'T', axis: { label: '' }, names: [], rows: [] })).not.toMatch(/NaN|Infinity/)
})
