export { countRows, hasData } from './test-data.repository.ts';
export { defaultTestDataSize, maxLeasesOf, testDataLimits, type TestDataSize } from './test-data-size.ts';
export { writeHistory, type HistoryOrder } from './write-history.ts';
