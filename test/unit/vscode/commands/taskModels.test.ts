import assert from 'node:assert/strict'
import { setTaskModels, setUtilityModels } from '../../../../src/vscode/commands/taskModels.js'
import { taskTable } from '../../../../src/vscode/commands/taskTable.js'
import { createConnection } from '../../../fakes/scriptedProvider.js'
import { type Bench, createBench } from './bench.js'
import type { Move } from './scriptedUi.js'

const box = createConnection({ id: 'box', name: 'Box', provider: 'local', baseUrl: 'http://127.0.0.1:9' })
const cloud = createConnection({ id: 'cloud', name: 'Cloudy', provider: 'cloud' })

async function createTasks(moves: readonly Move[], connections = [box, cloud]): Promise<Bench> {
  const bench = createBench({ connections, moves })
  await bench.credentials.store(cloud, 'good-key-1')
  await bench.registry.start()
  await bench.registry.refresh()
  return bench
}

const undo: Move = { do: 'press', button: 'Undo' }
const close: Move = { do: 'close' }
const pick = (label: string): Move => ({ do: 'pick', label })

describe('Set Models for Tasks', () => {
  it('writes every task’s setting of VS Code as proposed, in one click', async () => {
    const bench = await createTasks([pick('Use the Proposed Models'), close])
    await setTaskModels(bench.services)
    assert.deepEqual(Object.fromEntries(bench.host.settings), {
      'chat.utilitySmallModel': 'roundhouse/box/tiny',
      'chat.utilityModel': 'roundhouse/box/tiny',
      'inlineChat.defaultModel': 'large (roundhouse)',
      'chat.planAgent.defaultModel': 'large (roundhouse)',
      'chat.exploreAgent.defaultModel': 'tiny (roundhouse)',
    })
    bench.ui.assertDone()
  })

  it('offers the tasks alone that this VS Code has settings for', async () => {
    const bench = await createTasks([{ do: 'escape' }])
    for (const key of ['inlineChat.defaultModel', 'chat.exploreAgent.defaultModel'])
      bench.host.missing.add(key)
    await setTaskModels(bench.services)
    const [rows = []] = bench.ui.lists
    assert.ok(rows.includes('Plan Agent') && rows.includes('Titles and Commit Messages'))
    assert.ok(!rows.includes('Explore Agent') && !rows.includes('Edits in the Editor'))
    assert.equal(bench.host.settings.size, 0)
  })

  it('restores in one click what was there before, and where nothing was, nothing', async () => {
    const bench = await createTasks([pick('Use the Proposed Models'), undo])
    bench.host.settings.set('chat.planAgent.defaultModel', 'Claude (copilot)')
    await setTaskModels(bench.services)
    assert.equal(bench.host.settings.get('chat.planAgent.defaultModel'), 'Claude (copilot)')
    for (const { key } of taskTable.slice(0, 3)) assert.equal(bench.host.settings.get(key), undefined)
  })

  it('can be undone later too, once', async () => {
    const bench = await createTasks([
      pick('Plan Agent'),
      pick('tiny'),
      close,
      pick('Undo the Last Change'),
      { do: 'escape' },
    ])
    bench.host.settings.set('chat.planAgent.defaultModel', 'Claude (copilot)')
    await setTaskModels(bench.services)
    assert.equal(bench.host.settings.get('chat.planAgent.defaultModel'), 'tiny (roundhouse)')
    await setTaskModels(bench.services)
    assert.equal(bench.host.settings.get('chat.planAgent.defaultModel'), 'Claude (copilot)')
    await setTaskModels(bench.services)
    assert.ok(!bench.ui.lists.at(-1)?.includes('Undo the Last Change'))
  })

  it('leaves everything as it was where one setting cannot be written', async () => {
    const bench = await createTasks([pick('Use the Proposed Models')])
    bench.host.settings.set('chat.utilityModel', 'copilot/gpt')
    bench.host.refused.add('chat.planAgent.defaultModel')
    await assert.rejects(setTaskModels(bench.services), /chat\.planAgent\.defaultModel/)
    assert.equal(bench.host.settings.get('chat.utilityModel'), 'copilot/gpt')
    assert.equal(bench.host.settings.get('chat.utilitySmallModel'), undefined)
  })

  it('gives a task back to VS Code by clearing its setting', async () => {
    const bench = await createTasks([pick('Plan Agent'), pick('Let VS Code Choose'), close])
    bench.host.settings.set('chat.planAgent.defaultModel', 'tiny (roundhouse)')
    await setTaskModels(bench.services)
    assert.equal(bench.host.settings.get('chat.planAgent.defaultModel'), undefined)
  })

  it('shows what each task has now, by the model’s name', async () => {
    const bench = await createTasks([{ do: 'escape' }])
    bench.host.settings.set('chat.planAgent.defaultModel', 'large (roundhouse)')
    bench.host.settings.set('chat.utilityModel', 'copilot/gpt')
    await setTaskModels(bench.services)
    const rows = bench.ui.questions[0]?.rows ?? []
    const describe = (label: string) => rows.find((row) => row.label === label)?.description
    assert.equal(describe('Plan Agent'), 'large')
    assert.equal(describe('Summaries and Background Work'), 'copilot/gpt')
    assert.equal(describe('Explore Agent'), 'VS Code chooses')
  })

  it('never offers the model that comes with Roundhouse, nor one of the user’s that answers by name only', async () => {
    const bench = createBench({ connections: [box], moves: [{ do: 'press', button: 'Add Connection' }] })
    bench.local.answerLists([{ id: 'welcome', byNameOnly: true }])
    await bench.registry.start()
    await bench.registry.refresh()
    await setTaskModels(bench.services)
    assert.match(bench.ui.notices[0]?.message ?? '', /need a model of your own/)
    assert.equal(bench.host.executed.at(-1)?.command, 'roundhouse.addConnection')
  })

  it('offers the most capable model first for plans, and the fastest for exploring', async () => {
    const bench = await createTasks([
      pick('Plan Agent'),
      { do: 'escape' },
      pick('Explore Agent'),
      { do: 'escape' },
    ])
    await setTaskModels(bench.services)
    await setTaskModels(bench.services)
    assert.equal(bench.ui.lists[1]?.[0], 'large')
    assert.equal(bench.ui.lists[3]?.[0], 'tiny')
  })
})

describe('the agents for tasks', () => {
  const general = '/home/me/agents/roundhouse-general.agent.md'
  const moves = [pick('Agents: General, Code, Research'), pick('tiny'), pick('large'), pick('large')]

  it('are written with a model each, and deleted by one click', async () => {
    const bench = await createTasks([...moves, close, pick('Undo the Last Change')])
    await setTaskModels(bench.services)
    assert.deepEqual(
      [...bench.host.files].map(([path, text]) => [path, /^model: (.*)$/m.exec(text)?.[1]]),
      [
        [general, '"tiny (roundhouse)"'],
        ['/home/me/agents/roundhouse-code.agent.md', '"large (roundhouse)"'],
        ['/home/me/agents/roundhouse-research.agent.md', '"large (roundhouse)"'],
      ],
    )
    assert.match(
      bench.host.files.get(general) ?? '',
      /^---\nname: General\ndescription: .+\nmodel: .+\n---\n\n/,
    )
    await setTaskModels(bench.services)
    assert.equal(bench.host.files.size, 0)
  })

  it('keep what the user has written in them, but for the model', async () => {
    const bench = await createTasks([...moves, undo])
    const own = '---\nname: General\nmodel: [a, b]\ntools: [search]\n---\n\nBe kind. model: stays here\n'
    bench.host.files.set(general, own)
    let written = ''
    const { agentFiles } = bench.host
    const watched = async (path: string, text: string | undefined): Promise<void> => {
      if (path === general && written === '') written = text ?? ''
      await agentFiles.write(path, text)
    }
    const host = { ...bench.host, agentFiles: { ...agentFiles, write: watched } }
    await setTaskModels({ ...bench.services, host })
    assert.equal(
      written,
      '---\nname: General\nmodel: "tiny (roundhouse)"\ntools: [search]\n---\n\nBe kind. model: stays here\n',
    )
    assert.equal(bench.host.files.get(general), own)
    assert.equal(bench.host.files.size, 1)
  })

  it('are proposed the fastest, the most capable and the largest model, in this order', async () => {
    const bench = await createTasks([...moves, close])
    await setTaskModels(bench.services)
    const proposed = bench.ui.questions
      .slice(1)
      .map(({ rows }) => rows.find(({ description }) => description?.includes('proposed') === true)?.label)
    assert.deepEqual(proposed, ['tiny', 'large', 'large'])
  })

  it('are asked a folder for where there are several, and are not offered where there is none', async () => {
    const bench = await createTasks([
      moves[0] ?? close,
      pick('Here'),
      ...moves.slice(1),
      close,
      { do: 'escape' },
    ])
    bench.host.folders.push({ label: 'Here', path: '/project/.github/agents' })
    await setTaskModels(bench.services)
    assert.ok([...bench.host.files.keys()].every((path) => path.startsWith('/project/.github/agents/')))
    bench.host.folders.length = 0
    await setTaskModels(bench.services)
    assert.ok(!bench.ui.lists.at(-1)?.some((label) => label.startsWith('Agents')))
  })

  it('are not written where the user gives up at the last', async () => {
    const bench = await createTasks([...moves.slice(0, -1), { do: 'escape' }])
    await setTaskModels(bench.services)
    assert.equal(bench.host.files.size, 0)
  })
})

describe('Set Utility Models', () => {
  const run = async (...moves: Move[]): Promise<Bench> => {
    const bench = await createTasks(moves, [box])
    await setUtilityModels(bench.services)
    bench.ui.assertDone()
    return bench
  }

  it('writes VS Code’s two settings when both are chosen, and can be undone', async () => {
    const bench = await run(pick('tiny'), pick('tiny'), close)
    assert.deepEqual(
      [...bench.host.settings],
      [
        ['chat.utilitySmallModel', 'roundhouse/box/tiny'],
        ['chat.utilityModel', 'roundhouse/box/tiny'],
      ],
    )
    const undone = await run(pick('tiny'), pick('tiny'), undo)
    assert.deepEqual([...undone.host.settings.values()], [undefined, undefined])
  })

  it('writes nothing where the user gives up at the second', async () => {
    const bench = await run(pick('tiny'), { do: 'escape' })
    assert.equal(bench.host.settings.size, 0)
  })

  it('gives both back to VS Code by clearing the settings', async () => {
    const bench = await run(pick('Let VS Code Choose'), pick('Let VS Code Choose'), close)
    assert.deepEqual([...bench.host.settings.values()], [undefined, undefined])
  })
})
