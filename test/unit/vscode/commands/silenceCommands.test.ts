import assert from 'node:assert/strict'
import { dayMs, hourMs } from '../../../../src/core/durations.js'
import { closePipelines, openPipelineBench } from './pipelineBench.js'

describe('Show Silenced Alerts', () => {
  closePipelines()

  it('says that there is none where none is silenced', async () => {
    const { run, ui } = await openPipelineBench({ do: 'close' })
    await run('roundhouse.showSilences')
    assert.deepEqual(
      ui.notices.map(({ message }) => message),
      ['No alert is silenced.'],
    )
  })

  it('lists each with the time of its end, and ends the one that is picked', async () => {
    const { run, ui, pipeline } = await openPipelineBench({
      do: 'pick',
      label: 'cloud/small: model-slow',
    })
    pipeline.alerts.silence({ rule: 'model-slow', subject: 'cloud/small' }, dayMs)
    pipeline.alerts.silence({ rule: '*', subject: 'cloud' }, hourMs)
    await run('roundhouse.showSilences')
    const [question] = ui.questions
    assert.deepEqual(
      question?.rows.map(({ label }) => label),
      ['cloud: every alert', 'cloud/small: model-slow', 'End All'],
    )
    assert.match(question?.rows[1]?.description ?? '', /^silent until \d+ \w+ \d+, \d\d:\d\d \(UTC\)$/)
    assert.deepEqual(
      pipeline.alerts.silences().map(({ rule }) => rule),
      ['*'],
    )
    assert.deepEqual(ui.flashes, ['No longer silenced: cloud/small: model-slow'])
  })

  it('ends all at once', async () => {
    const { run, pipeline } = await openPipelineBench({ do: 'pick', label: 'End All' })
    pipeline.alerts.silence({ rule: 'model-slow', subject: '*' }, dayMs)
    pipeline.alerts.silence({ rule: 'model-failing', subject: '*' }, dayMs)
    await run('roundhouse.showSilences')
    assert.deepEqual(pipeline.alerts.silences(), [])
  })
})
