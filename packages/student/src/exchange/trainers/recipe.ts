/** What a trainer is, to the export: the files it wants beside the examples, and where it leaves the student. */

/** The options of an export, all settled. */
export interface Plan {
  readonly base: string
  /** '' for trainers that have none. */
  readonly teacher: string
  readonly epochs: number
  readonly rank: number
  readonly rate: number
  readonly seed: number
  /** Examples to train on, and to measure the loss on. */
  readonly examples: number
  readonly valid: number
}

export interface Recipe {
  /** For people. */
  readonly title: string
  /** The machine it wants: "a machine with a GPU". */
  readonly needs: string
  /** What it does with the weights and what the loss counts, a sentence or two. */
  readonly does: string
  /** Top of the learning rate unless told. */
  readonly rate: number
  /** Files by name, `run.sh` and `requirements.txt` among them. The student is left in `student/`. */
  files(plan: Plan): Readonly<Record<string, string>>
}

/** Examples a step, in one batch or several whose gradients are added up. */
export const STEP_EXAMPLES = 16

export function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

/** A script that makes an environment of its own, installs what is required, and runs `lines`; it stops at the first error. */
export function script(...lines: readonly string[]): string {
  return [
    '#!/bin/sh',
    '# Trains the student with train.jsonl and valid.jsonl, and leaves it in student/. Run it in this folder: sh run.sh',
    'set -eu',
    'cd "$(dirname "$0")"',
    'test -d .venv || python3 -m venv .venv',
    '. .venv/bin/activate',
    'python -m pip install --upgrade --requirement requirements.txt',
    ...lines,
    'echo "done: bring back the folder student"',
    '',
  ].join('\n')
}
