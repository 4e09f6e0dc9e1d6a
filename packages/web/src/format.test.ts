import { expect, test } from 'vitest'
import {
  formatBytes,
  formatFigure,
  formatLogprob,
  formatMs,
  formatSentence,
  formatShare,
  formatSpeed,
  formatTime,
  formatUsd,
  unknown,
} from './format.ts'

test('unknown is said, never shown as 0', () => {
  for (const format of [formatMs, formatUsd, formatBytes]) expect(format(null)).toBe(unknown)
})

test('milliseconds turn into seconds where the figure would round to 1000', () => {
  expect([0, 0.418, 12.34, 840.2, 999.4, 999.6, 1240, 61_000].map(formatMs)).toEqual([
    '0 ms',
    '0.418 ms',
    '12.3 ms',
    '840 ms',
    '999 ms',
    '1 s',
    '1.24 s',
    '61 s',
  ])
})

test('dollars keep the fractions of a cent', () => {
  expect([0, 0.0000312, 0.00999, 0.0123, 0.999, 12.345].map(formatUsd)).toEqual([
    '$0',
    '$0.000031',
    '$0.01',
    '$0.012',
    '$0.999',
    '$12.35',
  ])
  expect(formatUsd(3.1e-9)).toBe('$0.0000000031')
  expect(formatUsd(-0.0000312)).toBe('\u2212$0.000031')
})

test('bytes are decimal', () => {
  expect([0, 312, 999, 1000, 1234, 3_100_000, 2.5e9].map(formatBytes)).toEqual([
    '0 B',
    '312 B',
    '999 B',
    '1 kB',
    '1.23 kB',
    '3.1 MB',
    '2.5 GB',
  ])
})

test('a share never claims certainty it does not have', () => {
  expect([0, 0.004, 0.5, 0.97, 0.996, 1].map(formatShare)).toEqual([
    '0 %',
    '< 1 %',
    '50 %',
    '97 %',
    '> 99 %',
    '100 %',
  ])
})

test('speed, time and log-probability', () => {
  expect(formatSpeed(181.77)).toBe('182 tokens/s')
  expect(formatTime('2026-11-22T10:04:09.120Z')).toMatch(/^\d\d:\d\d:09$/)
  expect(formatTime('yesterday')).toBe(unknown)
  expect(formatLogprob(-0.049)).toBe('\u22120.05')
})

test('figures of a rule: names as they are, numbers short, with a true minus sign', () => {
  expect(['prefer-device', -1.4249, 0.0123456, 1500].map(formatFigure)).toEqual([
    'prefer-device',
    '\u22121.42',
    '0.0123',
    '1500',
  ])
})

test('a log line becomes a sentence', () => {
  expect(
    ['the policy keeps it here', 'http://x/y answered 404', 'gpt-5 failed', 'Run it again.', 'done?'].map(
      formatSentence,
    ),
  ).toEqual([
    'The policy keeps it here.',
    'http://x/y answered 404.',
    'gpt-5 failed.',
    'Run it again.',
    'done?',
  ])
})
