import type { Message, Tool } from '../../src/core/chat.js'

const message = (role: Message['role'], text: string): Message => ({
  role,
  content: [{ type: 'text', text }],
})

/** As long as VS Code 1.139's own; full of words that would make a question look hard. */
const chatInstructions =
  'You are an expert AI programming assistant. Analyze the request, design a solution step by step, implement it and debug it. '.repeat(
    120,
  )

/** What VS Code's Chat puts before the first question. */
const environment = `<environment_info>
The user's current OS is: Linux
</environment_info>
<workspace_info>
I am working in a workspace that has the following structure:
\`\`\`
src/
  cart.ts
\`\`\`
</workspace_info>
<userMemory>
Refactor by small steps, and review what was implemented.
</userMemory>`

/** What stands around the user's words in the latest message. */
export function inAgentMessage(question: string, tag = 'userRequest'): string {
  return `<attachments>
<attachment id="cart.ts" filePath="/src/cart.ts">
Why does this deadlock?
import { lock } from './lock'
export class Cart {
}
</attachment>
</attachments>
<context>
The current date is 2026-11-30.
</context>
<reminderInstructions>
When using the replace_string_in_file tool, implement no more than was asked, and say why.
</reminderInstructions>
<${tag}>
${question}
</${tag}>
`
}

/** What the Agent mode of VS Code's Chat sends for one question. */
export function agentMessages(question: string, tag?: string): Message[] {
  return [
    message('system', chatInstructions),
    message('user', environment),
    message('user', inAgentMessage(question, tag)),
  ]
}

/** What follows in the same turn when the model has called a tool. */
export const toolRound: readonly Message[] = [
  {
    role: 'assistant',
    content: [{ type: 'toolCall', callId: 'call-1', name: 'tool_0', input: {} }],
  },
  {
    role: 'user',
    content: [
      {
        type: 'toolResult',
        callId: 'call-1',
        content: [{ type: 'text', text: 'Why? Refactor, prove, debug.' }],
      },
    ],
  },
  message('user', '<reminder>\nImplement it step by step.\n</reminder>'),
]

/** As many as VS Code offers, and as long. */
export const agentTools: readonly Tool[] = Array.from({ length: 40 }, (_, at) => ({
  name: `tool_${at}`,
  description: 'Analyze, refactor and debug what is asked, step by step. '.repeat(22),
  inputSchema: { type: 'object', properties: { path: { type: 'string' } } },
}))
