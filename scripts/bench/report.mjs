// What the bench prints: one table for people, or one JSON object a line.

/**
 * @typedef {object} ReportedRow
 * @property {string} id
 * @property {string} what
 * @property {number | null} value null where it could not be measured
 * @property {string} unit of the value, the reference and the target
 * @property {number | null} reference
 * @property {number | null} ratio of the value to the reference
 * @property {number | null} target
 * @property {boolean | null} holds null where there is no target
 * @property {string} includes what the figure includes and excludes, in words
 */

/**
 * @param {import('./rows.mjs').RowDefinition} row
 * @param {import('./rows.mjs').Measurements} measurements
 * @returns {ReportedRow}
 */
export function reportRow(row, measurements) {
  const { id, what, unit, includes, atLeast = false } = row
  try {
    const { value, reference = null, target = row.target ?? null } = row.read(measurements)
    const ratio = reference === null || reference === 0 ? null : value / reference
    const holds = target === null ? null : atLeast ? value >= target : value <= target
    const figures = { value: round(value), unit, reference: round(reference), ratio: round(ratio) }
    return { id, what, ...figures, target: round(target), holds, includes }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const target = row.target ?? null
    const missing = {
      value: null,
      unit,
      reference: null,
      ratio: null,
      target,
      holds: target === null ? null : false,
    }
    return { id, what, ...missing, includes: `Not measured: ${reason} What it would include: ${includes}` }
  }
}

/** @param {ReportedRow} row */
export function toJsonLine(row) {
  return JSON.stringify(row)
}

/** @param {readonly ReportedRow[]} rows */
export function toTable(rows) {
  const cells = rows.map((row) => [
    row.id,
    row.what,
    row.value === null ? 'not measured' : show(row.value, row.unit),
    show(row.reference, row.unit),
    row.ratio === null ? '' : row.ratio.toFixed(2),
    row.target === null ? '' : show(row.target, row.unit),
    row.holds === null ? '' : row.holds ? 'yes' : 'NO',
  ])
  const lines = [['id', 'what', 'ours', 'reference', 'ratio', 'target', 'holds'], ...cells]
  const widths =
    lines[0]?.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0))) ?? []
  const isText = (/** @type {number} */ column) => column < 2
  return lines
    .map((line) =>
      line
        .map((cell, column) =>
          isText(column) ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/**
 * @param {number | null} value
 * @param {string} unit
 */
function show(value, unit) {
  if (value === null) return ''
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2
  return `${value.toFixed(digits)} ${unit}`
}

/** @param {number | null} value to four significant digits: more would be noise */
function round(value) {
  return value === null ? null : Number(value.toPrecision(4))
}
