import * as vscode from 'vscode'
import type { FinishPart, ReasoningPart, ResponsePart, Source } from '../core/chat.js'
import type { Clock, Disposable } from '../core/ports.js'
import { usagePart } from './convert.js'
import { createPacer, type Pacer } from './pacing.js'
import { markerMimeType, type PlacedReasoning, writeMarker } from './reasoningMarker.js'
import { createThinkingPart } from './thinking.js'
import { escapeMarkdown } from './views/format.js'
import { encodeSources, sourcesMimeType, writeSources } from './views/sourceList.js'

type HostPart = vscode.LanguageModelResponsePart

export interface ResponseReporterOptions {
  readonly progress: vscode.Progress<HostPart>
  readonly modelId: string
  readonly clock: Clock
}

export interface ResponseReporter extends Disposable {
  report(part: ResponsePart): void
  /** Hands out what waits before an error, and gives VS Code the time to pass it on. */
  drain(): Promise<void>
  /** Whether something has come, and no call of a tool, after which the turn would go on. */
  isWhole(): boolean
  /** The answer is complete. `note`: what is to stand behind it. */
  end(note?: string): void
}

/** Shown where a model spent its whole output on reasoning; Chat would only say that nothing came back. */
const reasoningOnlyNote =
  '_The model ended its answer after reasoning, without text. Ask again, or allow it a longer output._'

/** Shown where the limit was reached before the first word. */
const reasoningCutNote =
  '_The model reached its output limit while it was still reasoning. Allow it a longer output, or ask for less._'

/** Chat shows no reason of its own for an answer that a provider has cut off. */
function refusalNote({ reason, detail }: FinishPart): string | undefined {
  if (reason !== 'contentFilter' && (reason !== 'refusal' || detail === undefined)) return undefined
  const why = detail === undefined ? '' : `: ${escapeMarkdown(detail.replace(/[.\s]+$/, ''))}`
  return `\n\n_The provider’s content rules ended this answer${why}._`
}

/** An error overtakes parts that VS Code has not passed on yet, and they are lost to whoever reads. Milliseconds. */
const passingOnMs = 150

interface Progress {
  readonly kept: PlacedReasoning[]
  calls: number
  reasoned: boolean
  answered: boolean
  finish: FinishPart | undefined
  sources: readonly Source[]
}

function createHostPacer(
  options: ResponseReporterOptions,
  report: (part: HostPart) => void,
): Pacer<HostPart> {
  return createPacer<HostPart>({
    report,
    join: (kind, text) => {
      if (kind === 'text') return new vscode.LanguageModelTextPart(text)
      const thinking = createThinkingPart({ type: 'reasoning', text })
      return isHostPart(thinking) ? thinking : new vscode.LanguageModelTextPart('')
    },
    filler: new vscode.LanguageModelTextPart(''),
    now: () => options.clock.monotonic(),
    schedule: (callback, ms) => {
      const timer = setTimeout(callback, ms)
      return { dispose: () => clearTimeout(timer) }
    },
  })
}

/** Thinking parts are accepted by the host's progress, though its typings leave them out of the union. */
function isHostPart(part: unknown): part is HostPart {
  return part !== undefined
}

/** What Chat has no place of its own for, as text behind the answer. */
function reportEnd(pacer: Pacer<HostPart>, { reasoned, answered, finish, sources }: Progress): void {
  if (reasoned && !answered)
    pacer.text('text', finish?.reason === 'length' ? reasoningCutNote : reasoningOnlyNote)
  const note = finish === undefined ? undefined : refusalNote(finish)
  if (note !== undefined) pacer.text('text', note)
  if (sources.length === 0) return
  pacer.text('text', writeSources(sources))
  pacer.part(new vscode.LanguageModelDataPart(encodeSources(sources), sourcesMimeType))
}

function createProgress(): Progress {
  return { kept: [], calls: 0, reasoned: false, answered: false, finish: undefined, sources: [] }
}

function reportReasoning(pacer: Pacer<HostPart>, progress: Progress, part: ReasoningPart): void {
  progress.reasoned = true
  const thinking = createThinkingPart(part)
  if (part.state === undefined) {
    if (thinking !== undefined) pacer.text('reasoning', part.text)
    return
  }
  progress.kept.push({ part, callsBefore: progress.calls })
  if (isHostPart(thinking)) pacer.part(thinking)
}

/** Turns the core's parts into the host's, paced, and keeps the reasoning state for the next turn. */
export function createResponseReporter(options: ResponseReporterOptions): ResponseReporter {
  let reportedAt = Number.NEGATIVE_INFINITY
  const pacer = createHostPacer(options, (part) => {
    reportedAt = options.clock.monotonic()
    options.progress.report(part)
  })
  const progress = createProgress()
  return {
    report(part) {
      switch (part.type) {
        case 'text':
          progress.answered ||= part.text !== ''
          return pacer.text('text', part.text)
        case 'reasoning':
          return reportReasoning(pacer, progress, part)
        case 'toolCall':
          progress.calls += 1
          progress.answered = true
          return pacer.part(new vscode.LanguageModelToolCallPart(part.callId, part.name, { ...part.input }))
        case 'data':
          progress.answered = true
          return pacer.part(new vscode.LanguageModelDataPart(part.data, part.mimeType))
        case 'usage':
          return pacer.part(usagePart(part.usage))
        case 'sources':
          progress.sources = part.sources
          return undefined
        case 'finish':
          progress.finish = part
          return undefined
        case 'route':
        case 'served':
          return undefined
      }
    },
    async drain() {
      pacer.flush()
      const wait = reportedAt + passingOnMs - options.clock.monotonic()
      if (wait > 0) await options.clock.sleep(wait)
    },
    isWhole: () => progress.answered && progress.calls === 0,
    end(note = '') {
      reportEnd(pacer, progress)
      pacer.text('text', note)
      if (progress.kept.length > 0) {
        const marker = writeMarker(options.modelId, progress.kept)
        pacer.part(new vscode.LanguageModelDataPart(marker, markerMimeType))
      }
      pacer.flush()
    },
    dispose: () => pacer.dispose(),
  }
}
