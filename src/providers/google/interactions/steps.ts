import type { ResponsePart } from '../../../core/chat.js'
import type { ModelError } from '../../../core/errors.js'
import { type JsonRecord } from '../../../core/json.js'
import { arrayAt, numberAt, recordAt, textAt } from '../../shared/json.js'
import type { Subject } from '../../shared/subject.js'
import { nextId, parseToolInput } from '../../shared/toolCalls.js'
import type { ToolNames } from '../../shared/toolSchema.js'
import { fromBase64 } from '../media.js'
import { keep } from '../state.js'

export interface InteractionReaderOptions {
  readonly subject: Subject
  /** The id that reasoning state is bound to. */
  readonly model: string
  readonly names: ToolNames
  /** Ids of calls that are taken. */
  readonly callIds: Set<string | undefined>
  /** Makes the error of an error object. */
  readonly bodyError: (body: unknown) => ModelError
}

interface OpenThought {
  readonly type: 'thought'
  signature: string
  readonly summary: unknown[]
}

interface OpenCall {
  readonly type: 'call'
  readonly step: JsonRecord
  text: string
}

type OpenStep = { readonly type: 'output' } | OpenThought | OpenCall

export interface StepReader {
  start(event: JsonRecord): Iterable<ResponsePart>
  delta(event: JsonRecord): Iterable<ResponsePart>
  stop(index: number): Iterable<ResponsePart>
  /** Ends what no event has ended. */
  stopAll(): Iterable<ResponsePart>
  calls(): number
  /** The error of a call whose arguments are no JSON object. */
  broken(): unknown
}

export function indexOf(event: JsonRecord): number {
  return numberAt(event, 'index') ?? 0
}

interface CallReader {
  close(call: OpenCall): Iterable<ResponsePart>
  calls(): number
  broken(): unknown
}

function createCallReader({ subject, model, names, callIds }: InteractionReaderOptions): CallReader {
  let broken: unknown
  let calls = 0
  return {
    *close({ step, text }) {
      const name = names.fromWire(textAt(step, 'name') ?? '')
      const given = textAt(step, 'id')
      const callId = given === undefined || callIds.has(given) ? nextId(callIds) : given
      callIds.add(callId)
      try {
        const input = text === '' ? recordAt(step, 'arguments') : parseToolInput(subject, name, text)
        const signature = textAt(step, 'signature')
        if (signature !== undefined) yield keep({ callId, signature }, { api: 'interactions', model })
        calls += 1
        yield { type: 'toolCall', callId, name, input }
      } catch (thrown) {
        broken = thrown
      }
    },
    calls: () => calls,
    broken: () => broken,
  }
}

/** Without its signature a thought is worth nothing, and answered with 400. */
function* closeThought({ signature, summary }: OpenThought, model: string): Iterable<ResponsePart> {
  if (signature === '') return
  const item = { type: 'thought', signature, ...(summary.length === 0 ? {} : { summary }) }
  yield keep({ item }, { api: 'interactions', model })
}

export function createStepReader(options: InteractionReaderOptions): StepReader {
  const called = createCallReader(options)
  const open = new Map<number, OpenStep>()

  function* stop(index: number): Iterable<ResponsePart> {
    const step = open.get(index)
    open.delete(index)
    if (step?.type === 'call') yield* called.close(step)
    if (step?.type === 'thought') yield* closeThought(step, options.model)
  }

  /** Arguments may come under the number of the thought before their call. */
  const callAt = (index: number): OpenStep | undefined => {
    const step = open.get(index)
    return step?.type === 'call' ? step : [...open.values()].findLast((each) => each.type === 'call')
  }

  return {
    *start(event) {
      const index = indexOf(event)
      yield* stop(index)
      const step = recordAt(event, 'step')
      const opened = openStep(step)
      if (opened !== undefined) open.set(index, opened)
      if (opened?.type === 'output') yield* arrayAt(step, 'content').flatMap(readContent)
      if (opened?.type === 'thought') yield* opened.summary.flatMap(readThought)
      const failure = recordAt(step, 'error')
      if (Object.keys(failure).length > 0) throw options.bodyError({ error: failure })
    },
    *delta(event) {
      const delta = recordAt(event, 'delta')
      const index = indexOf(event)
      const step = delta['type'] === 'arguments_delta' ? callAt(index) : open.get(index)
      if (step !== undefined) yield* applyDelta(step, delta)
    },
    stop,
    *stopAll() {
      for (const index of open.keys()) yield* stop(index)
    },
    calls: () => called.calls(),
    broken: () => called.broken(),
  }
}

function applyDelta(step: OpenStep, delta: JsonRecord): ResponsePart[] {
  if (step.type === 'output') return readContent(delta)
  if (step.type === 'call') step.text += textAt(delta, 'arguments') ?? ''
  else if (delta['type'] === 'thought_summary') {
    step.summary.push(delta['content'])
    return readThought(delta['content'])
  } else step.signature += textAt(delta, 'signature') ?? ''
  return []
}

/** Undefined for steps of Google's own tools, which nobody here asks for. */
function openStep(step: JsonRecord): OpenStep | undefined {
  if (step['type'] === 'model_output') return { type: 'output' }
  if (step['type'] === 'function_call') return { type: 'call', step, text: '' }
  if (step['type'] !== 'thought') return undefined
  return {
    type: 'thought',
    signature: textAt(step, 'signature') ?? '',
    summary: [...arrayAt(step, 'summary')],
  }
}

function readContent(content: unknown): ResponsePart[] {
  const text = textAt(content, 'text')
  if (text !== undefined) return [{ type: 'text', text }]
  return [fromBase64(textAt(content, 'mime_type'), textAt(content, 'data')) ?? []].flat()
}

function readThought(content: unknown): ResponsePart[] {
  const text = textAt(content, 'text')
  return text === undefined ? [] : [{ type: 'reasoning', text }]
}
