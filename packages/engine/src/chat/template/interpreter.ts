/**
 * The template engine's interpreter with a meter on it: every node evaluated is a step, every value has a largest size,
 * and what a native operation is about to do is paid for before it is done. Text methods are Python's.
 * A class of the loaded module is extended, so this is a function of that module.
 */
import { BadTemplateError } from '../../errors.ts'
import type { Jinja, Node, Scope, Value } from './jinja.ts'
import { lengthOf, type Meter, tooMuch } from './meter.ts'
import { pythonText } from './python-text.ts'
import { indentedLength, isStrip, replacedLength, strip } from './text-methods.ts'

/** A node that is a value already: an operand evaluated beforehand is not evaluated again. */
const GIVEN = 'Given'
const given = (value: Value): Node => ({ type: GIVEN, value })

/** A turn of a loop, which the engine would drop with all it has written when a `break` or `continue` ends it. */
const BODY = 'Body'

class LoopControl extends Error {
  readonly type: string
  /** What was written in this turn before. */
  text = ''
  constructor(type: string) {
    super(`${type} outside of a loop`)
    this.type = type
  }
}

/** Filters whose arguments say how much they make. */
const amplifying = new Set(['replace', 'join', 'indent', 'tojson'])
/** Filters that read all the text within their operand; the others look at its elements alone. */
const deep = new Set(['join', 'tojson', 'string', 'sort', 'unique', 'dictsort'])
/** Filters that take what is not there for an empty text. */
const ofText = new Set([
  'trim',
  'lower',
  'upper',
  'title',
  'capitalize',
  'indent',
  'replace',
  'length',
  'string',
])
/** An error is made (and its stack recorded) for each of these inside the engine. */
const COSTLY = 20
/** Elements a step stands for. */
const ELEMENTS_PER_STEP = 8
const WIDEST_INDENT = 32

export type Render = (program: Node, scope: Scope, meter: Meter) => string

/** Makes the function that runs a parsed template. `isOutput` tells the expressions whose value becomes text. */
export function boundedRender(jinja: Jinja, isOutput: (node: unknown) => boolean): Render {
  const box = (value: unknown): Value => new jinja.Environment().set('value', value)
  const text = (value: string): Value => box(value)
  /** What a loop goes through: a text's characters, nothing for what is not there. */
  const elements = (list: Value): Value => {
    if (list.type === 'UndefinedValue') return box([])
    return list.type === 'StringValue' ? box([...(list.value as string)]) : list
  }

  class Bounded extends jinja.Interpreter {
    readonly meter: Meter
    constructor(scope: Scope, meter: Meter) {
      super(scope)
      this.meter = meter
    }

    override evaluate(node: Node | undefined, scope: Scope): Value {
      if (node?.type === GIVEN) return node.value as Value
      this.meter.spend(1)
      const value = node === undefined ? super.evaluate(node, scope) : this.#run(node, scope)
      const { size } = this.meter.weigh(value)
      if (node === undefined || !isOutput(node)) return value
      this.meter.make(size)
      if (value.type === 'StringValue' || value.type === 'UndefinedValue') return value
      this.meter.spend(size)
      return text(pythonText(value))
    }

    #run(node: Node, scope: Scope): Value {
      switch (node.type) {
        case 'BinaryExpression':
          return this.#binary(node, scope)
        case 'MemberExpression':
          return this.#member(node, scope)
        case 'FilterExpression':
          return this.#filter(this.#value(node.operand, scope), node.filter as Node, scope)
        case 'FilterStatement':
          return this.#filter(
            this.#value({ type: 'Program', body: node.body }, scope),
            node.filter as Node,
            scope,
          )
        case 'TestExpression': {
          const operand = this.#value(node.operand, scope)
          this.meter.read(lengthOf(operand))
          // In Python nothing is there to loop over, and that can be looped over.
          if (operand.type === 'UndefinedValue' && (node.test as Node).value === 'iterable')
            return box(!node.negate)
          return this.#engine({ ...node, operand: given(operand) }, scope)
        }
        case 'TupleLiteral':
          // A tuple is not taken apart by the engine's loops.
          return this.#engine({ ...node, type: 'ArrayLiteral' }, scope)
        case 'For':
          return this.#loop(node, scope)
        case 'Set':
          return this.#set(node, scope)
        case 'Break':
        case 'Continue':
          throw new LoopControl(node.type)
        case 'If': {
          const { body, alternate } = node as unknown as { body: Node[]; alternate: Node[] }
          return text(this.#block(isTrue(this.#value(node.test, scope)) ? body : alternate, scope))
        }
        case BODY:
          return this.#body(node, scope)
        case 'Identifier': {
          const value = this.#engine(node, scope)
          if (value.type === 'UndefinedValue') this.meter.spend(COSTLY)
          return value
        }
        case 'CallExpression': {
          const value = this.#engine(node, scope)
          if (value.type === 'NamespaceValue') for (const held of values(value)) refuseNamespace(held)
          this.meter.spend(lengthOf(value) / CHARACTERS_OR_ELEMENTS)
          return value
        }
        default:
          return this.#engine(node, scope)
      }
    }

    #engine(node: Node, scope: Scope): Value {
      return super.evaluate(node, scope)
    }

    #value(node: unknown, scope: Scope): Value {
      return this.evaluate(node as Node | undefined, scope)
    }

    #binary(node: Node, scope: Scope): Value {
      const { value: operator } = node.operator as { value: string }
      if (operator === 'and' || operator === 'or') return this.#engine(node, scope)
      const [left, right] = [this.#value(node.left, scope), this.#value(node.right, scope)]
      // A list beside a text is written out, by comparisons too; lists beside lists are walked or compared as they are.
      const written = left.type === 'StringValue' || right.type === 'StringValue' || operator === '~'
      for (const side of [left, right]) {
        this.meter.read(written ? this.meter.weigh(side).size : 0)
        this.meter.spend(lengthOf(side) / CHARACTERS_OR_ELEMENTS)
      }
      if (operator === '*' && left.type === 'StringValue' && right.type === 'IntegerValue') {
        const [part, times] = [left.value as string, Math.max(0, right.value as number)]
        this.meter.make(part.length * times)
        return text(part.repeat(times))
      }
      if (operator === '+' && written && (isContainer(left) || isContainer(right))) {
        throw new TypeError('a list or an object cannot be added to a text')
      }
      if (operator === '~') return text(pythonText(left) + pythonText(right))
      return this.#engine({ ...node, left: given(left), right: given(right) }, scope)
    }

    #member(node: Node, scope: Scope): Value {
      const object = this.#value(node.object, scope)
      const property = node.property as Node
      if (node.computed && property.type === 'SliceExpression') {
        this.meter.spend(lengthOf(object) / ELEMENTS_PER_STEP)
        return this.#engine({ ...node, object: given(object) }, scope)
      }
      const key = node.computed ? this.#value(property, scope) : undefined
      if (key?.type === 'UndefinedValue') return key
      const found = this.#engine(
        { ...node, object: given(object), property: key ? given(key) : property },
        scope,
      )
      if (object.type !== 'StringValue' || found.type !== 'FunctionValue') return found
      return this.#method(
        object.value as string,
        String(key ? key.value : property.value),
        found as unknown as Method,
      )
    }

    /** A method of a text, paid for when it is called. */
    #method(object: string, name: string, method: Method): Value {
      return new method.constructor((args, scope) => {
        this.meter.read(object.length)
        const [first, second] = args.map((arg) => (typeof arg.value === 'string' ? arg.value : undefined))
        if (isStrip(name)) return text(strip(object, name, first))
        if (name === 'replace' && first !== undefined && second !== undefined) {
          this.meter.make(replacedLength(object, first, second))
        }
        return method.value(args, scope)
      })
    }

    #filter(input: Value, filter: Node, scope: Scope): Value {
      const name = String(filter.type === 'Identifier' ? filter.value : (filter.callee as Node).value)
      const operand = input.type === 'UndefinedValue' && ofText.has(name) ? text('') : input
      const args = (filter.args ?? []) as Node[]
      this.meter.read(deep.has(name) || operand.type === 'StringValue' ? this.meter.weigh(operand).size : 0)
      this.meter.spend(lengthOf(operand) / CHARACTERS_OR_ELEMENTS)
      if (operand.type === 'StringValue' && name === 'trim')
        return text(strip(operand.value as string, 'strip'))
      if (name === 'string') return text(pythonText(operand))
      // `x | length()` is `x | length`: the engine knows most filters by one of the forms alone.
      const called =
        args.length > 0
          ? { ...filter, args: amplifying.has(name) ? this.#bound(name, operand, args, scope) : args }
          : undefined
      const node = { type: 'FilterExpression', operand: given(operand) }
      return this.#engine({ ...node, filter: called ?? { type: 'Identifier', value: name } }, scope)
    }

    /** Arguments of a filter that can make much, evaluated and found to make not too much. */
    #bound(name: string, operand: Value, args: readonly Node[], scope: Scope): Node[] {
      const texts: string[] = []
      let width = name === 'indent' ? 4 : 0
      const nodes = args.map((arg) => {
        if (arg.type.endsWith('SpreadExpression')) {
          throw tooMuch(`unpacks the arguments of ${name}`)
        }
        const keyed = arg.type === 'KeywordArgumentExpression'
        const value = this.#value(keyed ? arg.value : arg, scope)
        if (typeof value.value === 'string') texts.push(value.value)
        if (value.type === 'IntegerValue') width = value.value as number
        return keyed ? { ...arg, value: given(value) } : given(value)
      })
      const { size, depth } = this.meter.weigh(operand)
      const text = typeof operand.value === 'string' ? operand.value : ''
      if (name === 'replace') this.meter.make(replacedLength(text, texts[0] ?? '', texts[1] ?? ''))
      if (name === 'join') this.meter.make(size + lengthOf(operand) * (texts[0] ?? '').length)
      if (name === 'indent') this.meter.make(indentedLength(text, width))
      if (name === 'tojson') {
        if (width > WIDEST_INDENT) throw tooMuch(`indents by ${width}, more than ${WIDEST_INDENT}`)
        this.meter.make(size * (1 + depth * Math.max(0, width) * 0.25) + texts.join('').length * size)
      }
      return nodes
    }

    #loop(node: Node, scope: Scope): Value {
      const iterable = node.iterable as Node
      const isSelect = iterable.type === 'SelectExpression'
      const list = elements(this.#value(isSelect ? iterable.lhs : iterable, scope))
      this.meter.spend(COSTLY + lengthOf(list))
      const source = isSelect ? { ...iterable, lhs: given(list) } : given(list)
      const body = [{ type: BODY, body: node.body, state: { isBroken: false } }]
      return this.#engine({ ...node, iterable: source, body }, scope)
    }

    /** One turn of a loop: what it wrote before a `break` or `continue` stays, and after a `break` the next one breaks. */
    #body(node: Node, scope: Scope): Value {
      const state = node.state as { isBroken: boolean }
      if (state.isBroken) return this.#engine({ type: 'Break' }, scope)
      try {
        return text(this.#block(node.body as Node[], scope))
      } catch (error) {
        if (!(error instanceof LoopControl)) throw error
        state.isBroken = error.type === 'Break'
        return text(error.text)
      }
    }

    #block(nodes: readonly Node[], scope: Scope): string {
      let written = ''
      try {
        for (const node of nodes) {
          const value = this.evaluate(node, scope)
          if (value.type === 'StringValue') written += value.value as string
        }
      } catch (error) {
        if (error instanceof LoopControl) error.text = written + error.text
        throw error
      }
      return written
    }

    #set(node: Node, scope: Scope): Value {
      if ((node.assignee as Node).type !== 'MemberExpression' || !node.value) return this.#engine(node, scope)
      const value = this.#value(node.value, scope)
      refuseNamespace(value)
      return this.#engine({ ...node, value: given(value) }, scope)
    }
  }

  return (program, scope, meter) => {
    const value = new Bounded(scope, meter).run(program)
    return String(value.value)
  }
}

/** Characters or elements a step stands for where either may be. */
const CHARACTERS_OR_ELEMENTS = 16

type Body = (args: Value[], scope: Scope) => Value

interface Method {
  readonly type: 'FunctionValue'
  readonly value: Body
  readonly constructor: new (body: Body) => Value
}

const isContainer = ({ value }: Value): boolean => Array.isArray(value) || value instanceof Map

const isTrue = (value: Value): boolean =>
  (value as unknown as { __bool__(): Value }).__bool__().value === true

const values = (value: Value): Iterable<Value> => (value.value as Map<string, Value>).values()

/** Namespaces change, so one that holds another (or itself) has no size that could be known. */
function refuseNamespace(value: Value): void {
  if (value.type === 'NamespaceValue') {
    throw new BadTemplateError('the chat template puts a namespace into a namespace, which is not supported')
  }
}
