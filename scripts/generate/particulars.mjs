// What is particular to a provider, and the test that proves it: the title must be in the file, or the build fails.

/**
 * @typedef {{ readonly provider: string, readonly what: string, readonly test: string, readonly title: string }} Particular
 * @typedef {{ readonly path: string, readonly text: string }} TestFile
 */

/** @param {string} provider @param {string} what @param {string} test @param {string} title @returns {Particular} */
const row = (provider, what, test, title) => ({ provider, what, test: `test/${test}.test.ts`, title })

const units = 'unit/providers'

/** @type {readonly Particular[]} */
const particulars = [
  row(
    'Anthropic',
    'API version pinned, the older one by option',
    `${units}/anthropic`,
    'in the API version that the connection chooses, the newest where it chooses none',
  ),
  row(
    'Anthropic',
    'Sampling knobs only where the version takes them',
    `${units}/anthropic/request`,
    'holds the sampling knobs with the older API version alone',
  ),
  row(
    'Anthropic',
    'Thinking, redacted too, back to the model that thought it, unmodified',
    `${units}/anthropic/messages`,
    'gives thinking back to the model that thought it, and to no other',
  ),
  row(
    'Anthropic',
    'Our own cache breakpoints: system, tools, last turns',
    `${units}/anthropic/request`,
    'marks tools, system prompt and the user’s last two turns for the cache, which are all the marks allowed',
  ),
  row(
    'Anthropic',
    'Effort, or a budget of thinking',
    `${units}/anthropic/thinking`,
    'by effort where the model adapts, at the nearest level that it has',
  ),
  row(
    'Anthropic',
    'PDFs',
    `${units}/anthropic/messages`,
    'takes PDF files; refuses what it cannot read when that is new, and describes it when it is old',
  ),
  row(
    'OpenAI',
    'Nothing stored (`store: false`)',
    `${units}/openai/request`,
    'stores nothing at the provider',
  ),
  row(
    'OpenAI',
    'Reasoning items with encrypted content, kept across turns',
    `${units}/openai/input`,
    'returns a reasoning item unmodified, with what nobody knows of yet',
  ),
  row(
    'OpenAI',
    'Files, those that tools make too',
    `${units}/openai/input`,
    'sends a PDF that a tool has made as a file of its result',
  ),
  row(
    'OpenAI',
    'Prompt-cache key',
    `${units}/openai/promptCache`,
    'names the conversation to OpenAI and Azure, and to nobody who may refuse it',
  ),
  row(
    'Google Gemini',
    'Safety settings, in both APIs',
    `${units}/google`,
    'sends a safety filter where one is chosen, in each API’s own words',
  ),
  row('Google Gemini', 'Thought signatures', `${units}/google`, 'the signatures of calls, each with its own'),
  row('Groq', 'Reasoning formats', `${units}/groq`, 'is left out of gpt-oss where it is to be hidden'),
  row(
    'Hugging Face',
    'Cheapest, fastest or a named provider by suffix',
    `${units}/huggingface`,
    "is said behind the model’s id: ${routing ?? 'nothing'} makes ${sent} of ${id}",
  ),
  row(
    'OpenAI-compatible',
    'Chat Completions, Responses or Messages',
    `${units}/openaiCompatible/modes`,
    'is spoken to in the API that the connection names',
  ),
  row(
    'OpenAI-compatible',
    'The key in a chosen header',
    `${units}/openaiCompatible/modes`,
    'gets the key in the header that the connection names, and in no other',
  ),
  row(
    'OpenAI-compatible',
    'Headers, query, extra body, `${env:NAME}` in values',
    `${units}/openaiCompatible/modes`,
    'gets the query with every request, and headers, query and body with their variables replaced',
  ),
  row(
    'OpenAI-compatible',
    'Models listed by hand',
    `${units}/openaiCompatible`,
    'completes what is named by hand from the list, without doubling it',
  ),
  row(
    'OpenAI-compatible',
    'Parameters omitted',
    `${units}/shared/customBody`,
    'lacks what is omitted, by its name on the wire or by ours',
  ),
  row(
    'OpenAI-compatible',
    'Parameters renamed',
    `${units}/shared/customBody`,
    'has members renamed, by either name',
  ),
  row(
    'OpenAI-compatible',
    'Custom parameters of a model',
    `${units}/shared/customBody`,
    'holds the connection’s members and the model’s, which win, merged into what is there',
  ),
  row(
    'Ollama',
    '`num_ctx` and `keep_alive`',
    `${units}/ollama`,
    'with the connection’s context size and how long to keep the model, in seconds where it is a number',
  ),
  row(
    'Ollama',
    'A warning where the prompt would be cut, by the context of `/api/ps`',
    `${units}/ollama/contextNotice`,
    'is warned of, with both figures, and still answered',
  ),
  row(
    'Ollama',
    'Reloaded by one click',
    `${units}/ollama/contextNotice`,
    'is loaded again with what it needs by one click, once and for the requests that follow',
  ),
  row('Ollama', 'Cloud models', `${units}/ollama`, 'to sign in, for a model that runs in its cloud'),
  row(
    'vLLM',
    '`reasoning` and `reasoning_content` read both, never joined',
    `${units}/shared/chatWire/stream`,
    'shows reasoning once where both fields carry it',
  ),
  row(
    'llama-server',
    '`/props`, and a list without it',
    `${units}/openaiCompatible`,
    'lists llama-server’s model though its properties are switched off',
  ),
  row(
    'llama-server',
    'Still loading',
    `${units}/openaiCompatible`,
    'says of a server that is still loading its model that it is, and lists it once it is loaded',
  ),
  row(
    'llama-server',
    'A router’s models, loaded or not',
    `${units}/llamaServer/facts`,
    'asks a router for the properties of each loaded model by its id, and never so that one is loaded or woken',
  ),
  row(
    'llama-server',
    'A router’s models that failed to load',
    `${units}/llamaServer/facts`,
    'says which models of a router failed to load, and how, until they are loaded',
  ),
  row(
    'llama-server',
    'Pings of a server that has stopped',
    `${units}/llamaServer/signsOfLife`,
    'has stopped where it answers nothing else, and the answer fails after half a minute',
  ),
  row(
    'llama-server',
    'Both default ports',
    `${units}/llamaServer/defaultAddress`,
    'is listed where it is, which is said, and asked there from then on',
  ),
  row(
    'llama.cpp (embedded)',
    'Idle unload',
    'unit/platform/llama/engine',
    'ends when nothing has used it for a while, and starts again when it is needed',
  ),
  row(
    'llama.cpp (embedded)',
    'Explicit threads',
    'unit/platform/llama/engine',
    'uses at least one thread, at most four, and half of the processor',
  ),
  row(
    'llama.cpp (embedded)',
    'GPU layers',
    'unit/platform/llama/modelStore',
    'are as many as are asked for, and as many as fit where nobody asks',
  ),
  row(
    'llama.cpp (embedded)',
    'Token counts of the loaded model for VS Code, without a load or a network',
    'unit/platform/llama/countLoaded',
    'counts each text as the model’s own tokenizer does',
  ),
  row(
    'Azure OpenAI',
    'Deployment URLs',
    `${units}/azureOpenai/ways`,
    'are a deployment’s own for embeddings, and the resource’s for the list',
  ),
  row(
    'Azure OpenAI',
    'A key, or a token of Entra ID',
    `${units}/azureOpenai/ways`,
    "get the key as ${header} where ${keyHeader ?? 'nothing'} is chosen, and in no other header",
  ),
  row(
    'Mistral',
    'Its form of call ids',
    `${units}/mistral/ways`,
    'have nine letters and digits whatever another maker’s look like, and are the same for the same call',
  ),
  row(
    'DeepSeek',
    'Thinking switched and measured',
    `${units}/deepseek/ways`,
    'has JSON for an answer, but no schema',
  ),
  row(
    'xAI',
    'A key that may read only ids',
    `${units}/xai/ways`,
    'is listed by its ids alone to a key that may read no more',
  ),
  row(
    'OpenRouter',
    'Its way of asking for reasoning, and models that make text',
    `${units}/openrouter/ways`,
    'lists what makes text, and says which efforts a model that must think takes',
  ),
  row(
    'Cerebras',
    'Thoughts apart from the text',
    `${units}/cerebras/ways`,
    'comes apart from the text of models that are known to think, and is no question to the others',
  ),
  row(
    'LM Studio',
    'Each loaded instance by its context',
    `${units}/lmStudio/ways`,
    'tells each loaded instance by the context that it was loaded with',
  ),
  row(
    'LiteLLM',
    'Limits and prices of all deployments behind a name',
    `${units}/litellm/ways`,
    'have the limits and abilities that every deployment behind a name has, and a price that all agree on',
  ),
]

/** Rules that hold for every provider, apart from their wires. @type {readonly Particular[]} */
const rules = [
  row(
    'All',
    'Facts with their sources: user, provider, catalogue, snapshot',
    'unit/core/catalog/describe',
    'takes each fact from the strongest source that states it, and says which',
  ),
  row('All', 'Unknown stays unknown', 'unit/core/catalog/describe', 'leaves what nobody states unknown'),
  row(
    'All',
    'The catalogue is kept, and served when it is old',
    'unit/platform/modelsDev',
    'serves from disk in the next window, however old, while the network is gone',
  ),
  row(
    'All',
    'Prompt template and roles are known of a model',
    'unit/core/catalog/promptTemplate',
    'that raises an error for a system message has no system role',
  ),
  row(
    'All',
    'Without a system role, the system’s text is the first of the user’s',
    `${units}/shared/messages`,
    'folds the system’s text into the first question for a model that takes no system message',
  ),
  row(
    'All',
    'Unmatched calls and results are repaired',
    `${units}/shared/messages`,
    'answers a call that has no result, and drops a result that has no call',
  ),
  row(
    'All',
    'Tool calls are told apart, whatever way a server numbers them, or refused',
    `${units}/shared/chatWire/stream`,
    'runs the calls that were meant or none, however a server numbers and cuts them',
  ),
  row(
    'All',
    'What a server puts beside a call goes back with it, to the same model alone',
    `${units}/shared/chatWire/besideCalls`,
    'goes to no other provider, connection or model',
  ),
  row(
    'All',
    'An answer holds 8 million characters of text at most, 256 calls, and a million characters of arguments each',
    'contract/limits',
    'is 8 million characters of text, and the longer one fails with what came',
  ),
  row(
    'All',
    'Tool schemas are made fit for each wire',
    `${units}/shared/toolSchema`,
    'says what an array holds, at any depth',
  ),
  row(
    'All',
    'Parameters only where the model takes them',
    `${units}/shared/parameters`,
    'leaves out what the model refuses, by the user’s word or by its capabilities',
  ),
  row(
    'All',
    'Templates of parameters, and the user’s own',
    'unit/core/parameters/templates',
    'prefers the user’s template of the same name, as a whole',
  ),
  row(
    'All',
    'A connection’s test is remembered with its time',
    'unit/core/registry/connectionTests',
    'are kept with their time, and are there in the next window',
  ),
  row(
    'All',
    'One token is asked for where it costs nothing, or the user agrees',
    'unit/core/registry/testConnection',
    'is never asked of a cloud without the user’s word',
  ),
  row(
    'All',
    'A time for the connection, for the first byte and between events',
    `${units}/shared/timeouts`,
    'obeys each of the connection’s three options by itself',
  ),
  row(
    'All',
    'A connection that is never made is given up',
    `${units}/shared/requestScope`,
    'is given up sooner than the platform does where a connection to a cloud says so',
  ),
  row(
    'All',
    'Pings are no progress',
    `${units}/shared/transport`,
    'lets pings keep a stream alive, but not for ever',
  ),
  row(
    'All',
    '`x-should-retry` is obeyed, and an empty account never retried',
    `${units}/shared/errors`,
    'obeys x-should-retry both ways, but never retries where the account is empty',
  ),
  row(
    'All',
    'A whole answer is the official client’s own accumulation of it',
    'contract/accumulation',
    '${streamed.name}: a whole answer is the official SDK’s own accumulation of it',
  ),
]

/** @param {Particular} particular @param {readonly TestFile[]} tests */
function cellsOf({ provider, what, test, title }, tests) {
  const file = tests.find(({ path }) => path === test)
  const isThere = ["'", '`'].some((quote) => file?.text.includes(`it(${quote}${title}${quote}`) === true)
  if (!isThere) throw new Error(`scripts/generate/particulars.mjs: no test "${title}" in ${test}`)
  return [provider, what, `[${title.replaceAll(/\$\{[^}]*\}/g, '…')}](../${test})`]
}

/** @param {readonly TestFile[]} tests */
export function particularRows(tests) {
  return {
    particulars: particulars.map((particular) => cellsOf(particular, tests)),
    rules: rules.map((rule) => cellsOf(rule, tests).slice(1)),
  }
}
