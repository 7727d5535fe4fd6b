import type { ScenarioResult } from './scenario.ts';

/** A finished scenario: its result, or why there is none. */
export interface Outcome {
  scenario: string;
  seconds: number;
  result?: ScenarioResult;
  error?: string;
  remarks: string[];
  quick: boolean;
  yardsticksOnly: boolean;
}

/** The JSON line of one scenario. */
export function toJsonLine(outcome: Outcome): string {
  const { scenario, seconds, result, error, remarks, quick } = outcome;
  const common = {
    ...(quick ? { quick } : {}),
    ...(remarks.length > 0 ? { remarks } : {}),
    seconds,
  };
  if (result === undefined) return JSON.stringify({ scenario, error, pass: false, ...common });
  const { details, value, pass, ...figures } = result;
  if (outcome.yardsticksOnly) return JSON.stringify({ scenario, ...figures, ...details, ...common });
  return JSON.stringify({ scenario, value, ...figures, pass, ...details, ...common });
}

/** The summary for people. */
export function toTable(outcomes: readonly Outcome[]): string {
  const header = ['scenario', 'value', 'unit', 'target', 'yardstick', 'ratio', ''];
  const rows = outcomes.map(({ scenario, result, error, yardsticksOnly }) =>
    result === undefined
      ? [scenario, '-', '', '', '', '', `ERROR ${firstLine(error)}`]
      : [
          scenario,
          numberText(result.value),
          result.unit,
          result.target,
          numberText(result.yardstick),
          numberText(result.ratio),
          yardsticksOnly ? '' : result.pass ? 'pass' : 'MISSED',
        ],
  );
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (column === 6 ? 0 : (row[column]?.length ?? 0)))),
  );
  const line = (cells: string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  const remarks = outcomes.flatMap((outcome) =>
    outcome.remarks.map((text) => `${outcome.scenario}: ${text}`),
  );
  return [line(header), ...rows.map(line), ...remarks].join('\n');
}

function numberText(value: number | undefined): string {
  return value === undefined || Number.isNaN(value) ? '-' : String(value);
}

function firstLine(text = ''): string {
  return text.split('\n', 1)[0] ?? '';
}
