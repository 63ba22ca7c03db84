import type { Message } from '../chat.js'

/** What editors put the user's own words into, among what they add by themselves. */
const requestTags = ['userRequest', 'UserRequest', 'user_query', 'userPrompt', 'prompt', 'task'] as const

/** Names of what editors add to the user's words: their context, and instructions of their own. */
const addedNames: ReadonlySet<string> = new Set([
  'additional-info',
  'attachment',
  'attachments',
  'availableDeferredTools',
  'cell-execution-error',
  'cell-output',
  'codeToTest',
  'context',
  'conversation-summary',
  'currentDocument',
  'currentFile',
  'customizationsUpdate',
  'documentFragment',
  'errors',
  'file',
  'file-selection',
  'instruction',
  'instructions',
  'note',
  'notebook-cell-output',
  'reminder',
  'resource',
  'selected-code',
  'selection',
  'summary',
  'symbolDefinitions',
  'todoList',
  'toolReferences',
])
const addedKinds =
  /(?:Instructions|Context|Memory|Reminders?|[-_](?:info|context|details|reminder|datetime))$/

const isAdded = (name: string): boolean => addedNames.has(name) || addedKinds.test(name)

/** The last block that the user's words stand in; its opening tag begins a line. */
function insideRequestTag(text: string): string | undefined {
  for (const tag of requestTags) {
    const end = text.lastIndexOf(`</${tag}>`)
    if (end === -1) continue
    const opening = `<${tag}>`
    const inLine = text.lastIndexOf(`\n${opening}`, end)
    const start = inLine === -1 ? 0 : inLine + 1
    if (text.startsWith(opening, start)) return text.slice(start + opening.length, end)
  }
  return undefined
}

/** The text without the blocks that were added, each of which begins a line. */
function outsideAddedBlocks(text: string): string {
  const opening = /^<([A-Za-z][\w-]*)(?:\s[^>\n]*)?>/gm
  const unclosed = new Set<string>()
  const kept: string[] = []
  let from = 0
  for (let found = opening.exec(text); found !== null; found = opening.exec(text)) {
    const name = found[1] ?? ''
    if (!isAdded(name) || unclosed.has(name)) continue
    const closing = `</${name}>`
    const end = text.indexOf(closing, opening.lastIndex)
    if (end === -1) {
      unclosed.add(name)
      continue
    }
    kept.push(text.slice(from, found.index))
    from = end + closing.length
    opening.lastIndex = from
  }
  return [...kept, text.slice(from)].join('')
}

/** Characters at the end of a long text in which the user's words are looked for: editors put them last. */
const longestTail = 100_000

/** What the user says in a text that an editor has written around it; empty where it is the editor's alone. */
function ownWordsOf(text: string): string {
  if (!text.includes('<')) return text.trim()
  const inTag = insideRequestTag(text.slice(-longestTail))
  return (inTag ?? outsideAddedBlocks(text)).trim()
}

function textOf({ content }: Message): string {
  return content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n')
}

export interface OwnWords {
  readonly text: string
  /** The message that they stand in; absent where there is none. */
  readonly message: Message | undefined
}

/** What the user has said last, in whichever message it stands; results of tools and reminders come behind it. */
export function readOwnWords(messages: readonly Message[]): OwnWords {
  for (let at = messages.length - 1; at >= 0; at--) {
    const message = messages[at]
    if (message?.role !== 'user') continue
    const text = ownWordsOf(textOf(message))
    if (text !== '') return { text, message }
  }
  return { text: '', message: undefined }
}
