import assert from 'node:assert/strict'
import { azureOpenai } from '../../../../src/providers/azureOpenai.js'
import {
  collect,
  createCallContext,
  createModel,
  jsonReply,
  readFixture,
  streamReply,
} from '../../../fakes/providerCalls.js'
import { useWireServer } from '../../../fakes/wireServer.js'

const reply = streamReply('text/event-stream', readFixture('azure-openai/text.sse'))

const question = [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }] as const

describe('the addresses of Azure OpenAI', () => {
  const server = useWireServer()

  const v1 = '/openai/v1/chat/completions'
  const dated = '/openai/deployments/our-gpt/chat/completions?api-version=2025-04-01-preview'
  for (const [what, path, apiVersion, asked] of [
    ['are the v1 API’s below a bare resource', '', undefined, v1],
    ['are the v1 API’s below a slash', '/', undefined, v1],
    ['are the v1 API’s where the base URL names it', '/openai/v1/', undefined, v1],
    ['are the deployment’s own with a dated version', '', '2025-04-01-preview', dated],
    ['leave out v1 with a dated version', '/openai/v1', '2025-04-01-preview', dated],
    ['are those of an address that the portal shows', dated, undefined, dated],
    ['keep the v1 API with a version that has no date', '/openai', 'preview', `${v1}?api-version=preview`],
    ['keep the path of a gateway in front', '/teams/one/openai', undefined, `/teams/one${v1}`],
  ] as const) {
    it(what, async () => {
      server.answer(reply)
      const context = createCallContext(azureOpenai, server, {
        baseUrl: server.origin + path,
        fields: apiVersion === undefined ? {} : { apiVersion },
      })
      const chat = azureOpenai.chat(
        { model: createModel(azureOpenai, 'our-gpt'), messages: question },
        context,
      )
      assert.equal((await collect(chat)).error, undefined)
      assert.deepEqual(
        server.requests.map((request) => request.path),
        [asked],
      )
    })
  }

  it('are a deployment’s own for embeddings, and the resource’s for the list', async () => {
    server.answer(({ path }) =>
      jsonReply(path.includes('/models') ? { data: [] } : { data: [{ index: 0, embedding: [1] }] }),
    )
    const fields = { apiVersion: '2024-10-21', modelIds: ['a b'] }
    const context = createCallContext(azureOpenai, server, { fields })
    await azureOpenai.embed?.({ model: createModel(azureOpenai, 'a b'), inputs: ['one'] }, context)
    const listed = await azureOpenai.listModels(context)
    assert.deepEqual(
      server.requests.map(({ path }) => path),
      [
        '/openai/deployments/a%20b/embeddings?api-version=2024-10-21',
        '/openai/models?api-version=2024-10-21',
      ],
    )
    assert.deepEqual(listed, [{ id: 'a b' }])
  })

  for (const [keyHeader, header, value] of [
    [undefined, 'api-key', 'test-key-0123456789'],
    ['api-key', 'api-key', 'test-key-0123456789'],
    ['bearer', 'authorization', 'Bearer test-key-0123456789'],
  ] as const) {
    it(`get the key as ${header} where ${keyHeader ?? 'nothing'} is chosen, and in no other header`, async () => {
      server.answer(jsonReply({ data: [] }))
      const fields = { modelIds: ['a'], ...(keyHeader === undefined ? {} : { keyHeader }) }
      await azureOpenai.listModels(createCallContext(azureOpenai, server, { fields }))
      const carrying = Object.entries(server.requests[0]?.headers ?? {}).filter(([, text]) =>
        String(text).includes('test-key'),
      )
      assert.deepEqual(carrying, [[header, value]])
    })
  }
})

describe('a prompt that Azure’s filter refuses', () => {
  const server = useWireServer()
  const safe = { filtered: false, severity: 'safe' }
  const ask = async (inner: object) => {
    const message = 'The response was filtered due to the prompt triggering the content management policy.'
    const innererror = { code: 'ResponsibleAIPolicyViolation', ...inner }
    const body = {
      error: { message, type: null, param: 'prompt', code: 'content_filter', status: 400, innererror },
    }
    server.answer(jsonReply(body, 400))
    const context = createCallContext(azureOpenai, server)
    const request = { model: createModel(azureOpenai, 'our-gpt'), messages: question }
    return (await collect(azureOpenai.chat(request, context))).error
  }

  for (const member of ['content_filter_result', 'content_filter_results'])
    it(`says in its error what was found (${member})`, async () => {
      const error = await ask({
        [member]: {
          hate: safe,
          jailbreak: { filtered: true, detected: true },
          self_harm: safe,
          violence: { filtered: true, severity: 'medium' },
        },
      })
      assert.equal(error?.code, 'content-filtered')
      assert.equal(error?.retryable, false)
      assert.match(error?.message ?? '', /jailbreak, violence \(medium\)/)
      assert.doesNotMatch(error?.message ?? '', /hate|self harm|safe/)
    })

  it('names nothing where nothing is said of it', async () => {
    const error = await ask({})
    assert.equal(error?.code, 'content-filtered')
    assert.match(error?.message ?? '', /\(400\): The response was filtered/)
  })
})
