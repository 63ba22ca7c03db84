import assert from 'node:assert/strict'
import { createCommandHandlers } from '../../../../src/vscode/commands/handlers.js'
import { readWorkspaceBudgets } from '../../../../src/vscode/policies/workspaceBudgets.js'
import { settle } from '../../../fakes/manualClock.js'
import { closePipelines, openPipelineBench } from './pipelineBench.js'

describe('Commands about usage and budgets', () => {
  closePipelines()

  it('show what was used, by what the user asks for, with its price', async () => {
    const { ask, run } = await openPipelineBench(
      { do: 'pick', label: 'This month' },
      { do: 'pick', label: 'By model' },
    )
    await ask('One')
    await ask('Two', 'large')
    const page = await run('roundhouse.showUsage')
    assert.match(page, /^# Usage, this month\n\n\*\*\$0\.03\*\* for 2 calls of models\./)
    assert.match(
      page,
      /## Budgets\n\n[^#]*\| My Month \| \\\$0\\\.0320 of .*\| hard, each month \| everything \|/,
    )
    const rows = page.split('\n').filter((line) => line.includes('cloud/'))
    assert.equal(rows.length, 2)
    assert.match(rows[0] ?? '', /cloud\/large \| \\\$0\\\.03 \| 1 \| 1,000 \| 100 \|/)
    assert.match(rows[1] ?? '', /cloud\/small \| \\\$0\\\.0020 \|/)
  })

  it('say that nothing was asked where nothing was', async () => {
    const { run } = await openPipelineBench({ do: 'pick', label: 'Today' }, { do: 'pick', label: 'By day' })
    assert.match(await run('roundhouse.showUsage'), /^# Usage, today\n\nNothing was asked\.\n/)
  })

  it('export each call without its prompt', async () => {
    const { ask, run, host } = await openPipelineBench(
      { do: 'pick', label: 'Today' },
      { do: 'pick', label: 'Each call, CSV' },
    )
    await ask('A secret plan')
    await run('roundhouse.exportUsage')
    const [file] = host.saved
    assert.equal(file?.name, 'roundhouse-usage.csv')
    const lines = file?.text.split('\r\n') ?? []
    assert.match(lines[0] ?? '', /^at,requestId,number,operation,door,extension,/)
    assert.match(lines[1] ?? '', /languageModel,acme\.helper/)
    assert.ok(file !== undefined && !file.text.includes('secret plan'))
  })

  for (const [form, dimension, expected] of [
    ['Sums, CSV', 'By branch', /^branch,attempts,.*\r\nmain,1,/],
    ['Sums, JSON', 'By outcome', /"outcome": "success",\n\s+"attempts": 1/],
    ['Sums, CSV', 'By workspace', /^workspace,attempts,.*\r\nproject,1,/],
    ['Sums, CSV', 'By operation', /^operation,attempts,.*\r\nchat,1,/],
    [
      'Sums, CSV',
      'By all of them at once',
      /^day,provider,connection,model,servedModel,route,door,caller,.*\r\n[\d-]+,cloud,cloud,cloud\/small,small,,languageModel,acme\.helper,project,main,/,
    ],
  ] as const) {
    it(`export ${form} ${dimension.toLowerCase()}`, async () => {
      const { ask, run, host } = await openPipelineBench(
        { do: 'pick', label: 'Today' },
        { do: 'pick', label: form },
        { do: 'pick', label: dimension },
      )
      await ask('One')
      await run('roundhouse.exportUsage')
      assert.match(host.saved[0]?.text ?? '', expected)
    })
  }

  const withTexts = 'Each call with its prompt and answer, JSON'

  it('offer no export of prompts and answers where none were kept', async () => {
    const { ask, run, ui } = await openPipelineBench({ do: 'pick', label: 'Today' }, { do: 'escape' })
    await ask('A secret plan')
    await run('roundhouse.exportUsage')
    assert.ok(ui.lists.at(-1)?.includes('Each call, JSON'))
    assert.ok(!ui.lists.at(-1)?.includes(withTexts))
  })

  for (const [form, isThere] of [
    [withTexts, true],
    ['Each call, JSON', false],
  ] as const) {
    it(`export kept prompts and answers ${isThere ? 'where the user chooses so, without keys' : 'in no other form'}`, async () => {
      const { ask, run, host, kept } = await openPipelineBench(
        { do: 'pick', label: 'Today' },
        { do: 'pick', label: form },
      )
      kept.isOn = true
      await ask('Where is good-key-1?')
      await run('roundhouse.exportUsage')
      const text = host.saved[0]?.text ?? ''
      assert.equal(
        text.includes('user:\\nWhere is [redacted]?') && text.includes('"answer": "Hello."'),
        isThere,
      )
      assert.equal(text.includes('Where is'), isThere)
    })
  }

  it('delete kept prompts and answers once the user has confirmed it, and say where there are none', async () => {
    const { ask, run, kept, ui } = await openPipelineBench({ do: 'press', button: 'Delete' })
    kept.isOn = true
    await ask('One')
    await run('roundhouse.deleteTexts')
    assert.deepEqual(ui.flashes, ['Prompts and answers of 1 call deleted'])
    const empty = await openPipelineBench({ do: 'close' })
    await empty.run('roundhouse.deleteTexts')
    assert.deepEqual(
      empty.ui.notices.map(({ message }) => message),
      ['No prompts and no answers are kept.'],
    )
  })

  it('delete old usage only after the user has confirmed it', async () => {
    const { ask, run, ui, clock } = await openPipelineBench(
      { do: 'type', text: '1' },
      { do: 'press', button: 'Delete' },
    )
    await ask('One')
    clock.jump(3 * 24 * 3_600_000)
    await run('roundhouse.deleteUsage')
    assert.deepEqual(ui.flashes, ['1 calls deleted'])
  })

  it('show how far a budget is used', async () => {
    const { ask, run } = await openPipelineBench()
    await ask('One')
    const page = await run('roundhouse.showBudgets')
    assert.match(page, /\| My Month \| \\\$0\\\.002.*\| hard, each month \| everything \|/)
  })

  it('say beside the budgets what is wrong with those of the workspace', async () => {
    const { services, shown } = await openPipelineBench()
    const written = { user: undefined, workspace: [{ id: 'day', limit: 0 }], folders: [] }
    const settingProblems = {
      ...services.settingProblems,
      list: () => readWorkspaceBudgets(written).problems,
    }
    await createCommandHandlers({ ...services, settingProblems })['roundhouse.showBudgets'](undefined)
    assert.match(
      shown.at(-1)?.text ?? '',
      /not in force:\*\*\n\n- .*workspaceBudgets.*limit must be more than 0/,
    )
  })

  it('show which keys were changed and when, and never the key', async () => {
    const { run, credentials, connections, shown } = await openPipelineBench()
    assert.match(await run('roundhouse.showChanges'), /Nothing was changed/)
    const [connection] = connections.list()
    assert.ok(connection)
    await credentials.store(connection, 'good-key-secret')
    await settle()
    const page = await run('roundhouse.showChanges')
    assert.match(page, /\| key cloud \|/)
    assert.ok(!JSON.stringify(shown).includes('good-key'))
  })
})
