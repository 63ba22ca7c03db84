import type { ResponsePart } from '../../../core/chat.js'
import type { ModelError } from '../../../core/errors.js'
import { isRecord, type JsonRecord, parseJson } from '../../../core/json.js'
import { grow } from '../../shared/answerLimits.js'
import { arrayAt, numberAt, recordAt, textAt } from '../../shared/json.js'
import { createSourceList } from '../../shared/sources.js'
import type { Subject } from '../../shared/subject.js'
import { readToolInput, type TakenIds, takeId, unclearCalls } from '../../shared/toolCalls.js'
import type { ToolNames } from '../../shared/toolSchema.js'
import { fromBase64 } from '../media.js'
import { keep } from '../state.js'

export interface InteractionReaderOptions {
  readonly subject: Subject
  /** The id that reasoning state is bound to. */
  readonly model: string
  readonly names: ToolNames
  /** Ids of calls that are taken. */
  readonly callIds: TakenIds
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
  /** The ModelError of a call that is none, or of calls that cannot be told apart. */
  broken(): unknown
  sources(): readonly ResponsePart[]
}

export function indexOf(event: JsonRecord): number {
  return numberAt(event, 'index') ?? 0
}

interface CallReader {
  close(call: OpenCall): Iterable<ResponsePart>
  /** Arguments cannot be told to be of one call. */
  mixUp(): void
  calls(): number
  broken(): unknown
}

function createCallReader({ subject, model, names, callIds }: InteractionReaderOptions): CallReader {
  let broken: unknown
  let isUnclear = false
  let calls = 0
  return {
    *close({ step, text }) {
      const name = names.fromWire(textAt(step, 'name') ?? '')
      isUnclear ||= name === ''
      if (isUnclear) return
      const callId = takeId(textAt(step, 'id'), callIds)
      try {
        const input = readToolInput(subject, name, text === '' ? step['arguments'] : text)
        const signature = textAt(step, 'signature')
        if (signature !== undefined) yield keep({ callId, signature }, { api: 'interactions', model })
        calls += 1
        yield { type: 'toolCall', callId, name, input }
      } catch (thrown) {
        broken ??= thrown
      }
    },
    mixUp: () => void (isUnclear = true),
    calls: () => calls,
    broken: () => (isUnclear ? unclearCalls(subject) : broken),
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
  const sources = createSourceList()
  const open = new Map<number, OpenStep>()

  function* stop(index: number): Iterable<ResponsePart> {
    const step = open.get(index)
    open.delete(index)
    if (step?.type === 'call') yield* called.close(step)
    if (step?.type === 'thought') yield* closeThought(step, options.model)
  }

  /** Arguments may come under the number of the thought before their call, while no other call is open. */
  const callAt = (index: number): OpenStep | undefined => {
    const step = open.get(index)
    if (step?.type === 'call') return step
    const calls = [...open.values()].filter((each) => each.type === 'call')
    if (calls.length !== 1) called.mixUp()
    return calls.length === 1 ? calls[0] : undefined
  }

  return {
    *start(event) {
      const index = indexOf(event)
      const before = open.get(index)
      // Its arguments may still come, under the number of this one.
      if (before?.type === 'call' && !hasInput(before)) called.mixUp()
      yield* stop(index)
      const step = recordAt(event, 'step')
      for (const piece of arrayAt(step, 'content')) sources.add(arrayAt(piece, 'annotations'))
      const opened = openStep(step)
      if (opened !== undefined) open.set(index, opened)
      if (opened?.type === 'output') yield* arrayAt(step, 'content').flatMap(readContent)
      if (opened?.type === 'thought') yield* opened.summary.flatMap(readThought)
      const failure = recordAt(step, 'error')
      if (Object.keys(failure).length > 0) throw options.bodyError({ error: failure })
    },
    *delta(event) {
      const delta = recordAt(event, 'delta')
      sources.add(arrayAt(delta, 'annotations'))
      const index = indexOf(event)
      const isInput = textAt(delta, 'arguments') !== undefined
      const step = isInput ? callAt(index) : open.get(index)
      if (step !== undefined) yield* applyDelta(step, delta, options.subject)
    },
    stop,
    *stopAll() {
      for (const index of open.keys()) yield* stop(index)
    },
    calls: () => called.calls(),
    broken: () => called.broken(),
    sources: () => sources.parts(),
  }
}

function hasInput({ step, text }: OpenCall): boolean {
  if (text !== '') return isRecord(parseJson(text))
  return isRecord(step['arguments']) && Object.keys(step['arguments']).length > 0
}

function applyDelta(step: OpenStep, delta: JsonRecord, subject: Subject): ResponsePart[] {
  if (step.type === 'output') return readContent(delta)
  if (step.type === 'call') step.text = grow(step.text, textAt(delta, 'arguments') ?? '', subject, 'input')
  else if (delta['type'] === 'thought_summary') {
    step.summary.push(delta['content'])
    return readThought(delta['content'])
  } else step.signature = grow(step.signature, textAt(delta, 'signature') ?? '', subject, 'reasoning')
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
