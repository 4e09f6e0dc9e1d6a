/** The tasks of the playground: their names on the wire, one line on what each does, and a text to begin with. */
import type { MiniTask } from '@edgewise/mini'

export type TaskName = MiniTask

export interface Task {
  readonly name: TaskName
  readonly title: string
  readonly does: string
  readonly example: string
}

export const tasks: readonly Task[] = [
  {
    name: 'intent',
    title: 'Intent',
    does: 'Name what a user wants: one of 150 intents, or none of them.',
    example: 'my card was declined at the supermarket, what should i do now',
  },
  {
    name: 'json',
    title: 'JSON',
    does: 'Turn a request into JSON that always parses.',
    example: 'book a table for four at a sushi restaurant in Lisbon tomorrow at 8 pm',
  },
  {
    name: 'redact',
    title: 'Redact',
    does: 'Mark personal data before a text goes anywhere. A help, not a guarantee.',
    example:
      'Hi, this is Maria Jensen. Please send the invoice to maria.jensen@example.com or call me on +1 212 555 0147. My card is 4111 1111 1111 1111.',
  },
  {
    name: 'fix',
    title: 'Fix',
    does: 'Correct the spelling and leave everything else as it is.',
    example: 'I recieved the package yesterday, but the adress on the label was compleatly wrong.',
  },
  {
    name: 'complete',
    title: 'Complete',
    does: 'Carry on from where you stopped.',
    example: 'You can apply for a new passport online if',
  },
]

/** The task of that name. */
export function taskNamed(name: TaskName): Task {
  return tasks.find((task) => task.name === name)!
}
