/** Columns of the market's table. Only what the platform can sort by sorts. */
import { nameGpus } from '../../../src-main/contract/domain/gpu-name.ts';
import type { Listing } from '../../../src-main/contract/domain/market.ts';
import type { Text } from '../../i18n/use-text.ts';
import type { Formatter } from '../../ui/format.ts';
import type { TableColumn } from '../../ui/table/column.ts';
import { comparablePrice, type CompareUnit } from './listing-figures.ts';

type Column = TableColumn<Listing>;

export function listingColumns(text: Text, format: Formatter, unit: CompareUnit): Column[] {
  const limitsOf = ({ min_duration_sec, max_duration_sec }: Listing) =>
    text('market.limits', { min: format.duration(min_duration_sec), max: format.duration(max_duration_sec) });
  return [
    {
      id: 'worker',
      header: text('market.column.worker'),
      value: ({ worker_id }) => worker_id,
      isSortable: false,
      minWidth: 160,
      grow: 1.3,
    },
    {
      id: 'model',
      header: text('market.column.gpus'),
      value: ({ gpus, gpu_count }) => nameGpus(gpus, gpu_count),
      isSortable: false,
      minWidth: 150,
      grow: 1.3,
    },
    { id: 'state', header: text('market.column.state'), minWidth: 130 },
    ...capacityColumns(text, format),
    ...priceColumns(text, format, unit),
    {
      id: 'limits',
      header: text('market.column.limits'),
      text: limitsOf,
      minWidth: 140,
      isHiddenByDefault: true,
    },
    {
      id: 'stars',
      header: text('market.column.stars'),
      value: ({ reputation }) => reputation.score,
      isNumeric: true,
      isSortable: false,
      width: 92,
    },
    { id: 'rent', header: '', width: 88, isHidable: false, csv: false, align: 'end' },
  ];
}

function capacityColumns(text: Text, format: Formatter): Column[] {
  const orUnknown = (value: number) => (value > 0 ? value : null);
  return [
    {
      id: 'hashrate',
      header: text('market.column.hashrate'),
      value: ({ hashrate }) => hashrate,
      text: ({ hashrate }) => format.hashrate(orUnknown(hashrate)),
      isNumeric: true,
      minWidth: 104,
    },
    {
      id: 'gpus',
      header: text('market.column.gpuCount'),
      value: ({ gpu_count }) => gpu_count,
      text: ({ gpu_count }) => format.count(gpu_count),
      isNumeric: true,
      width: 84,
      isHiddenByDefault: true,
    },
    {
      id: 'memory',
      header: text('market.column.memory'),
      value: ({ total_memory_gb }) => total_memory_gb,
      text: ({ total_memory_gb }) => format.gigabytes(orUnknown(total_memory_gb)),
      isNumeric: true,
      width: 96,
    },
  ];
}

function priceColumns(text: Text, format: Formatter, unit: CompareUnit): Column[] {
  return [
    {
      id: 'price',
      header: text('market.column.perMinute'),
      value: ({ price_per_min }) => price_per_min,
      text: ({ price_per_min }) => format.credits(price_per_min),
      isNumeric: true,
      isDescendingFirst: false,
      minWidth: 104,
    },
    {
      id: 'hour',
      header: text('market.column.perHour'),
      value: ({ price_per_min }) => price_per_min * 60,
      text: ({ price_per_min }) => format.credits(price_per_min * 60),
      isNumeric: true,
      isSortable: false,
      minWidth: 96,
    },
    {
      id: 'comparable',
      header: text('market.column.comparable', { unit: unit.unit }),
      hint: text('market.column.comparableHint', { unit: unit.unit }),
      value: (row) => comparablePrice(row, unit),
      text: (row) => format.credits(comparablePrice(row, unit)),
      isNumeric: true,
      isSortable: false,
      minWidth: 104,
    },
  ];
}
